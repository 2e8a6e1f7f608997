-- A plan on a list.
INSERT INTO plan_list_item (list, place, plan, label) VALUES (:list, :place, :plan, :label)
