-- What was said about an alert, in the order of time.
SELECT id, alert, plan, version, centre, department, kind, answers, text, actor, role, organisation, at, open, read_at
FROM talk WHERE alert = :alert ORDER BY at, id
