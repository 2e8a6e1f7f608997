-- How people are reached, to be sealed (again).
SELECT id, label, address, secret, code FROM contact WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
