-- Whether any visit was forgotten.
SELECT COUNT(*) FROM (SELECT 1 FROM visit_digest LIMIT 1) AS first_digest
