-- One plan of a centre, for a search that names it.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size, plan.status, plan.nhs_number, plan.patient, plan.categories
FROM plan JOIN plan_change c ON c.id = plan.id AND c.version = plan.version JOIN plan_version v ON v.id = plan.id AND v.version = plan.version
WHERE plan.id = :id AND plan.centre = :centre
