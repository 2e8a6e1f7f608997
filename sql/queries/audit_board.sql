-- What changed on a department's board between two places of the journal, in order.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE room <> '' AND room = :room AND number >= :from AND number <= :to ORDER BY number
