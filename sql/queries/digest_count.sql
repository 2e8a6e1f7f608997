-- How many digests were made before an instant.
SELECT COUNT(*) FROM visit_digest WHERE gone < :before
