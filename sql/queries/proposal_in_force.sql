-- What a second person agreed to and the service took last: it holds.
SELECT id, subject, text, hash, summary, by_name, by_role, by_org, at, until, state, decided_name, decided_role, decided_org, decided_at, words, moved
FROM proposal WHERE subject = :subject AND state = 'taken' ORDER BY moved DESC, id LIMIT 1
