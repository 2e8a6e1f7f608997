-- What people call their subscriptions, to be sealed (again).
SELECT id, name FROM subscription WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
