-- Somebody has seen a recall; no row changes if that was noted before.
INSERT INTO recall_seen (alert, department, version, actor, role, organisation, at) VALUES (:alert, :department, :version, :actor, :role, :organisation, :at)
ON CONFLICT DO NOTHING
