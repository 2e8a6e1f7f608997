-- The places of a plan's versions in the history.
DELETE FROM plan_change WHERE id = :id
