-- Everybody who is in a department now, to be decided again.
SELECT id, organisation, visit, patient FROM attendance WHERE open ORDER BY nhs_number, id
