-- The secrets of second factors, to be sealed (again).
SELECT id, secret FROM account WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
