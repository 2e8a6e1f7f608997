-- Every plan of a patient, in any status: why a plan raises nothing is a reason, too.
SELECT id, version, centre, status, urgency, nhs_number, family, given, birth_date, sex, postcode, valid_from, valid_to
FROM plan WHERE nhs_number = :nhs_number ORDER BY id
