-- What is on a list of plans, in order.
SELECT list, place, plan, label FROM plan_list_item WHERE list = :list ORDER BY place
