-- The people who are in an organisation now, under a hospital number.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open AND organisation = :organisation AND hospital_number IN (:hospital_number, :hospital_number_before)
