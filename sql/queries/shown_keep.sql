-- A department has the text of a plan before it.
INSERT INTO alert_shown (alert, department, version) VALUES (:alert, :department, :version)
ON CONFLICT (alert, department) DO UPDATE SET version = excluded.version
