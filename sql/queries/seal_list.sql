-- What people call their lists of plans, to be sealed (again).
SELECT id, name FROM plan_list WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
