-- Visits, and records of people without one, that have an NHS number.
SELECT id, organisation, hospital_number FROM attendance WHERE nhs_number IN (:nhs_number, :nhs_number_before) ORDER BY id
