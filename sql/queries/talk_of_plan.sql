-- What was said about the alerts of a plan, in the order of time.
SELECT id, alert, plan, version, centre, department, kind, answers, text, actor, role, organisation, at, open, read_at
FROM talk WHERE plan = :plan ORDER BY at, id LIMIT :limit
