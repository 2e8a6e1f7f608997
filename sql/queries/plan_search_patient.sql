-- The plans of a centre for one patient.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size, plan.status, plan.nhs_number, plan.patient, plan.categories
FROM plan JOIN plan_change c ON c.id = plan.id AND c.version = plan.version JOIN plan_version v ON v.id = plan.id AND v.version = plan.version
WHERE plan.nhs_number IN (:nhs_number, :nhs_number_before) AND plan.centre = :centre
