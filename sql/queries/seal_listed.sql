-- What is on the next list of plans, to be sealed (again).
SELECT list, plan, label FROM plan_list_item WHERE list = (SELECT MIN(list) FROM plan_list_item WHERE list > :after) ORDER BY plan /*postgres FOR UPDATE */
