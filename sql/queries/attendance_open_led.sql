-- The people who are here now and whom merged records give a further NHS number, among them this one. There are never many.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open AND records <> '' AND records LIKE '%' || :nhs_number || '%'
