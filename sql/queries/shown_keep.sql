-- A department has the text of a plan before it; the version that it had first is kept.
INSERT INTO alert_shown (alert, department, version, first_version) VALUES (:alert, :department, :version, :version)
ON CONFLICT (alert, department) DO UPDATE SET version = excluded.version
