-- A contact point by which somebody can be told, who may sign in or has no account here.
SELECT c.id, c.person, c.kind, c.label, c.address, c.secret, c.place, c.quiet_from, c.quiet_to, c.added, c.verified, c.lost, c.code, c.code_sent, c.code_until, c.code_wrong
FROM contact c LEFT JOIN account a ON a.name = c.person
WHERE c.id = :id AND c.verified IS NOT NULL AND c.lost IS NULL AND a.disabled IS NULL
