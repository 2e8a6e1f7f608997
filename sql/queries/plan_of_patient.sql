-- Every plan of a patient, in any status: why a plan raises nothing is a reason, too. Sorted by the caller: a sorter here costs more than
-- the look-up, and almost nobody has two plans.
SELECT id, version, centre, status, urgency, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, valid_from, valid_to,
       categories, restriction, consent
FROM plan WHERE nhs_number IN (:nhs_number, :nhs_number_before)
