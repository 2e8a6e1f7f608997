-- Everybody who is in a department now, by what they are found. Read when the writer of an embedded database starts, and after many have left.
SELECT id, organisation, hospital_number, nhs_number, born_key, names_key, post_key FROM attendance WHERE open
