-- By what somebody can be told, who may sign in or has no account here; nothing that would have to be opened.
SELECT c.id, c.person, c.kind, c.place, c.quiet_from, c.quiet_to
FROM contact c LEFT JOIN account a ON a.name = c.person
WHERE c.verified IS NOT NULL AND c.lost IS NULL AND a.disabled IS NULL ORDER BY c.person, c.place, c.id
