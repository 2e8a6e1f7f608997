-- The visit that a message is about. A row from before anything was sealed has its number in sight.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE organisation = :organisation AND visit IN (:visit, :visit_before)
