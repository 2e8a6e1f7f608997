-- One change, to decide about it.
SELECT id, subject, text, hash, summary, by_name, by_role, by_org, at, until, state, decided_name, decided_role, decided_org, decided_at, words, moved
FROM proposal WHERE id = :id
