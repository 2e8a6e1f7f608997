-- The last changes, the newest first.
SELECT id, subject, text, hash, summary, by_name, by_role, by_org, at, until, state, decided_name, decided_role, decided_org, decided_at, words, moved
FROM proposal ORDER BY at DESC, id LIMIT :limit
