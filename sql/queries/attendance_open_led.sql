-- The people who are here now and of whom a hospital's records say more, such as a further NHS number: which, the caller sees. There are never many.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open AND records <> ''
