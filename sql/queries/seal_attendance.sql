-- Visits and records of people, to be sealed (again).
SELECT id, organisation, visit, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number, records FROM attendance WHERE id > :after ORDER BY id LIMIT :most /*postgres FOR UPDATE */
