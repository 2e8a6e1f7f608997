-- What was last decided about this text, or that it waits still. One that was taken is history.
SELECT id, subject, text, hash, summary, by_name, by_role, by_org, at, until, state, decided_name, decided_role, decided_org, decided_at, words, moved
FROM proposal WHERE subject = :subject AND hash = :hash AND (state = 'approved' OR state = 'refused' OR state = 'waiting' AND until > :now) ORDER BY at DESC, id LIMIT 1
