-- What was said about alerts, to be sealed (again).
SELECT id, text FROM talk WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
