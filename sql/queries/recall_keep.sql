-- The recall in a department that the patient has left.
INSERT INTO recall (alert, department, version, shown, reason, at, seen_at) VALUES (:alert, :department, :version, :shown, :reason, :at, :seen_at)
ON CONFLICT (alert, department) DO UPDATE SET version = excluded.version, shown = excluded.shown, reason = excluded.reason, at = excluded.at, seen_at = excluded.seen_at
