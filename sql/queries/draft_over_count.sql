-- How many drafts nobody wrote in since an instant.
SELECT COUNT(*) FROM draft WHERE saved < :before
