-- Where a plan had been shown before it was recalled, and who has seen the recall: one row for each, or one without an actor.
SELECT a.id AS alert, a.attendance, a.department, a.state_reason, a.version, a.recalled_at, a.recall_version, a.recall_seen_at,
       COALESCE(r.actor, '') AS actor, COALESCE(r.role, '') AS role, COALESCE(r.organisation, '') AS organisation, r.at
FROM alert a LEFT JOIN receipt r ON r.alert = a.id AND r.version = a.recall_version AND r.kind = 'alert.recall_seen'
WHERE a.plan = :plan AND a.recalled_at IS NOT NULL ORDER BY a.recalled_at, a.id, r.at, r.actor
