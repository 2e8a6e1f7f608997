-- Whom plans are about, to be sealed (again).
SELECT id, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient FROM plan WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
