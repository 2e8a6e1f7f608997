-- The secrets of second factors that were offered, to be sealed (again).
SELECT hash AS id, secret FROM invitation WHERE hash > :after ORDER BY hash LIMIT :most /*postgres FOR UPDATE */
