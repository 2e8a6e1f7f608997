-- The people in a department now who were born on the same day, have the same names, or live at the same postcode. Some are too many: the caller
-- compares all of their keys.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE id IN (SELECT id FROM attendance WHERE open AND born_key = :born_key
                             UNION SELECT id FROM attendance WHERE open AND names_key = :names_key
                             UNION SELECT id FROM attendance WHERE open AND post_key = :post_key)
