-- Everybody with a number who is in a department now, to be decided again.
SELECT organisation, visit FROM attendance WHERE open AND (nhs_number <> '' OR records <> '') ORDER BY nhs_number
