-- What was done by anybody between two places of the journal, the last first.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE number > :above AND number < :below AND at >= :from AND at < :to AND kind LIKE :kind AND (:organisation = '' OR actor_org = :organisation)
ORDER BY number DESC LIMIT :limit
