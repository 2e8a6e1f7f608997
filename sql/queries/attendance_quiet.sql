-- The visits in a state of which nothing was heard since an instant, whole: the caller closes one only if it is still the same.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE open AND state = :state AND changed < :since
