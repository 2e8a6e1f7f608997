-- How many messages of the quarantine came last before an instant.
SELECT COUNT(*) FROM quarantine WHERE last_at < :before
