-- Notes a receipt; no row changes if it had been given before.
INSERT INTO receipt (alert, version, kind, actor, role, organisation, at) VALUES (:alert, :version, :kind, :actor, :role, :organisation, :at)
ON CONFLICT DO NOTHING
