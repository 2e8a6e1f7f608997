-- What is on all lists of plans.
SELECT list, place, plan, label FROM plan_list_item ORDER BY list, place
