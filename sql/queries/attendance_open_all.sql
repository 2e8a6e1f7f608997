-- Everybody who is in a department now, for the proof.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open
