-- By what the plans of a centre are found and sorted, of those that are asked for: empty parameters ask for all. A day of review without a day of
-- the month, or without a month, means its last.
SELECT p.id, p.nhs_number, p.family, p.given, p.birth_date, p.sex, p.postcode, p.tracing, p.other_names, p.restricted, p.patient
FROM plan p
WHERE p.centre = :centre AND (:statuses = '' OR :statuses LIKE '% ' || p.status || ' %')
  AND (:nhs_number = '' OR p.nhs_number IN (:nhs_number, :nhs_number_before))
  AND (:due_until = '' OR p.review_due <> '' AND p.review_due || substr('-12-31', length(p.review_due) - 3) <= :due_until AND p.status IN ('active', 'on-hold'))
