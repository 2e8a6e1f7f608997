-- A list of plans that somebody wants no more; what is on it goes before.
DELETE FROM plan_list WHERE id = :id
