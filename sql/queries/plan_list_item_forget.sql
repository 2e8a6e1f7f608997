-- What lists of plans say of a plan that goes.
DELETE FROM plan_list_item WHERE plan = :id
