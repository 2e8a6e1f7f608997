-- One line of what was said about an alert.
SELECT id, alert, plan, version, centre, department, kind, answers, text, actor, role, organisation, at, open, read_at
FROM talk WHERE id = :id
