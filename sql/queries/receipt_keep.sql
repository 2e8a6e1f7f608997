-- Notes a receipt; no row changes if it had been given before.
INSERT INTO receipt (alert, version, kind, actor, screen, role, organisation, at) VALUES (:alert, :version, :kind, :actor, :screen, :role, :organisation, :at)
ON CONFLICT DO NOTHING
