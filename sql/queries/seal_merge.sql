-- Which records were merged, to be sealed (again).
SELECT id, organisation, from_record, into_record, names FROM merge WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
