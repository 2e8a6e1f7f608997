-- The recalls of a plan where the patient was no longer, and who has seen them: one row for each, or one without an actor.
SELECT r.alert, a.attendance, r.department, r.reason AS state_reason, r.shown AS version, r.at AS recalled_at, r.version AS recall_version, r.seen_at AS recall_seen_at,
       COALESCE(s.actor, '') AS actor, COALESCE(s.role, '') AS role, COALESCE(s.organisation, '') AS organisation, s.at
FROM recall r JOIN alert a ON a.id = r.alert LEFT JOIN recall_seen s ON s.alert = r.alert AND s.department = r.department AND s.version = r.version
WHERE a.plan = :plan ORDER BY r.at, r.alert, r.department, s.at, s.actor
