-- An escalation begins, or begins anew: its steps go on being numbered. One that another node has begun meanwhile is left alone.
INSERT INTO escalation (alert, department, first, taken, since, wait, due, settled, alarmed)
SELECT a.id, a.department, 0, 0, :now, 0, :now, '', NULL FROM alert a WHERE a.id = :alert AND a.open AND a.state = 'raised'
ON CONFLICT (alert) DO UPDATE SET department = excluded.department, first = escalation.first + escalation.taken, taken = 0, since = excluded.since,
       wait = 0, due = excluded.due, settled = '', alarmed = NULL
WHERE escalation.department <> excluded.department OR (escalation.due IS NULL AND escalation.alarmed IS NULL)
