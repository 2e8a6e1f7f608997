-- Drafts that nobody wrote in since an instant.
SELECT id FROM draft WHERE saved < :before ORDER BY id LIMIT :most
