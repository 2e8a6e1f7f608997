-- What a reader at a position has not read yet, in order.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE number > :number ORDER BY number LIMIT :limit
