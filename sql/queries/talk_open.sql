-- What waits for a centre's answer, the oldest first, with the plan that it is about. A dispute of an older version waits no more. What the
-- patient did not want shown is left out: it would tell the centre of an attendance that it may not know of.
SELECT t.id AS "line.id", t.alert AS "line.alert", t.plan AS "line.plan", t.version AS "line.version", t.centre AS "line.centre",
       t.department AS "line.department", t.kind AS "line.kind", t.answers AS "line.answers", t.text AS "line.text", t.actor AS "line.actor",
       t.role AS "line.role", t.organisation AS "line.organisation", t.at AS "line.at", t.open AS "line.open", t.read_at AS "line.read_at",
       p.family, p.given, p.patient, p.version, v.headline, a.department
FROM talk t JOIN alert a ON a.id = t.alert JOIN plan p ON p.id = t.plan JOIN plan_version v ON v.id = p.id AND v.version = p.version
WHERE t.open AND t.centre = :centre AND a.show <> '' AND (t.kind = 'question' OR p.version <= t.version)
ORDER BY t.at, t.id LIMIT :limit
