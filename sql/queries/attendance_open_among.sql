-- Of these visits, those that are open.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open AND id IN (:a1, :a2, :a3, :a4, :a5, :a6, :a7, :a8)
