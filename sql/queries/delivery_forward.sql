-- A contact point failed: the next one is told now.
UPDATE delivery SET due = :now WHERE alert = :alert AND step = :step AND place = :place AND token = 0 AND due > :now
