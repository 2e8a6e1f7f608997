-- The ID tokens of sessions that a provider vouched for, to be sealed (again).
SELECT id, hint FROM session WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
