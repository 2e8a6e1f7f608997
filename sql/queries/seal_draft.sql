-- Drafts, to be sealed (again).
SELECT id, form FROM draft WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
