-- Counts an attempt.
INSERT INTO attempts (key, failed, since, until) VALUES (:key, :failed, :since, :until)
ON CONFLICT (key) DO UPDATE SET failed = excluded.failed, since = excluded.since, until = excluded.until
