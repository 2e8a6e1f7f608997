-- The visits that ended of whom a plan is about for certain: who was here yesterday comes again.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE state = 'departed' AND id IN (SELECT attendance FROM alert WHERE plan = :plan AND attendance <> :attendance AND match = 'confirmed')
