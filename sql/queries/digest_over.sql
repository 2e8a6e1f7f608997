-- Digests that were made before an instant, the oldest first.
SELECT name FROM visit_digest WHERE gone < :before ORDER BY gone, name LIMIT :most
