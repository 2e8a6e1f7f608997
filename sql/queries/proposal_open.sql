-- What waits for a second person, and what was approved and is to be taken.
SELECT id, subject, text, hash, summary, by_name, by_role, by_org, at, until, state, decided_name, decided_role, decided_org, decided_at, words, moved
FROM proposal WHERE state = 'approved' OR state = 'waiting' AND until > :now ORDER BY at, id
