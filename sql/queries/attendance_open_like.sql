-- The people in a department now who have one of the keys.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open AND id IN (SELECT attendance FROM attendance_key WHERE key IN (:k1, :k2, :k3, :k4, :k5, :k6, :k7, :k8))
