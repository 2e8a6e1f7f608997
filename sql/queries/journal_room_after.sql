-- What a board at a position has missed of its room, in order.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE room <> '' AND room = :room AND number > :number ORDER BY number LIMIT :limit
