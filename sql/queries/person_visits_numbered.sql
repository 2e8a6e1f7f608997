-- Visits, and records of people without one, that have a hospital number and no NHS number.
SELECT id FROM attendance WHERE organisation = :organisation AND hospital_number = :hospital_number AND nhs_number = '' ORDER BY id
