-- What was said by those who opened plans and by those who judged it, to be sealed (again).
SELECT id, words, finding FROM opening WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
