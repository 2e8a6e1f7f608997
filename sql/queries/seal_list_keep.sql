-- What somebody calls a list of plans, sealed (again).
UPDATE plan_list SET name = :name WHERE id = :id
