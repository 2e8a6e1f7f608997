-- Messages of the quarantine that came last before an instant, the oldest first.
SELECT hash FROM quarantine WHERE last_at < :before ORDER BY last_at, hash LIMIT :most
