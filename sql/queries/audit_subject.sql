-- Who did what to this plan, alert or department, the last first.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE subject = :subject AND (:actor = '' OR actor = :actor)
AND number > :above AND number < :below AND at >= :from AND at < :to AND kind LIKE :kind AND (:organisation = '' OR actor_org = :organisation)
ORDER BY number DESC LIMIT :limit
