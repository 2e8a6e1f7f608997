-- What is on a list of plans, to be written anew.
DELETE FROM plan_list_item WHERE list = :list
