-- Keeps what a plan changed for the visit to a department, instead of what was said there before.
INSERT INTO outcome (alert, department, plan, version, changed, actor, role, organisation, at)
VALUES (:alert, :department, :plan, :version, :changed, :actor, :role, :organisation, :at)
ON CONFLICT (alert, department) DO UPDATE SET version = excluded.version, changed = excluded.changed, actor = excluded.actor, role = excluded.role,
       organisation = excluded.organisation, at = excluded.at
