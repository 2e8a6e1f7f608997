-- The versions of an alert's plan from the one with which it first came before a department on, the newest first; none if that is the newest.
-- Of a great many, the first and the last are read; of no version of which it is not known whom it was for. With its document as in own_versions.
SELECT v.id, v.version, v.headline, v.author, v.sections, v.content, v.published, COALESCE(v.status, '') AS status, v.status_reason,
       CASE WHEN v.status IS NULL THEN v.document END AS document, v.restriction
FROM alert_shown s JOIN alert a ON a.id = s.alert JOIN plan p ON p.id = a.plan JOIN plan_version v ON v.id = p.id
WHERE s.alert = :alert AND s.department = :department AND s.first_version < p.version AND v.restriction IS NOT NULL
  AND (v.version = s.first_version OR (v.version > s.first_version AND v.version > p.version - :most))
ORDER BY v.version DESC
