-- How often it was tried.
SELECT key, failed, since, until FROM attempts WHERE key = :key
