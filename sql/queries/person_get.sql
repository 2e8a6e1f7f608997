-- A visit, and what is known of people without one: records that are kept among the visits, under names that no hospital gives. Each once: a name
-- may stand in several places. Look-ups one by one, since SQLite makes a table of its own of a list after IN each time.
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE organisation = :organisation AND visit = :first
UNION ALL
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE organisation = :organisation AND visit = :second AND :second <> :first
UNION ALL
SELECT id, organisation, visit, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, hospital_number,
       point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps
FROM attendance WHERE organisation = :organisation AND visit = :third AND :third <> :first AND :third <> :second
