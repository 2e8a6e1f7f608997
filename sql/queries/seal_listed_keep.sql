-- What somebody calls a plan on a list, sealed (again).
UPDATE plan_list_item SET label = :label WHERE list = :list AND plan = :plan
