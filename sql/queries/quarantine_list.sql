-- A page of the quarantine without the messages, the newest first, after the entry that ended the page before. Where only those that wait
-- are asked for, what was taken or discarded is left out.
SELECT q.hash, q.sender, q.first_at, q.last_at, q.times, q.answer, q.condition, q.location, q.reason, COALESCE(q.size, LENGTH(q.raw)) AS size,
    q.listener, q.address, q.fingerprint, q.subject, q.names, q.organisation, q.replays, q.replayed_at, q.taken_at, q.discarded_at, q.settled_by
FROM quarantine q
WHERE (:settled = 1 OR (q.taken_at IS NULL AND q.discarded_at IS NULL))
    AND (q.last_at < :before OR (q.last_at = :before AND q.hash < :hash))
ORDER BY q.last_at DESC, q.hash DESC
LIMIT :most
