-- The entries whose hash lies in a range: that of the ids that begin in the same way. Two are enough to know that the beginning is too short.
SELECT q.hash, q.sender, q.first_at, q.last_at, q.times, q.answer, q.condition, q.location, q.reason, COALESCE(q.size, LENGTH(q.raw)) AS size, q.raw,
    q.listener, q.address, q.fingerprint, q.subject, q.names, q.organisation, q.replays, q.replayed_at, q.taken_at, q.discarded_at, q.settled_by
FROM quarantine q
WHERE q.hash BETWEEN :lowest AND :highest
ORDER BY q.hash
LIMIT 2
