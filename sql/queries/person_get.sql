-- A visit, and what is known of people without one: records that are kept among the visits, under names that no hospital gives.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE organisation = :organisation AND visit IN (:first, :second, :third, :first_before, :second_before, :third_before)
