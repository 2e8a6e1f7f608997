-- How far the journal was routed.
UPDATE routed SET number = :number WHERE id = 1
