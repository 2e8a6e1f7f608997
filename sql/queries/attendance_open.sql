-- Everybody who is in a department now, to be decided again.
SELECT organisation, visit FROM attendance WHERE open ORDER BY nhs_number, id
