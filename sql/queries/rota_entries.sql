-- What was done about a rota and proposed about it, the last first.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE subject = :rota AND kind LIKE 'on_call.rota%' OR subject = :proposals AND kind LIKE 'change.%'
ORDER BY number DESC LIMIT :limit
