-- All plans, page by page, for the proof.
SELECT id, version, centre, status, urgency, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, valid_from, valid_to,
       categories, restriction, consent
FROM plan WHERE id > :after ORDER BY id LIMIT :limit
