-- What follows an entry and could matter to subscriptions, in order.
SELECT number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash
FROM journal WHERE number > :number AND number <= :up_to AND (kind LIKE 'alert.%' OR kind IN ('question.asked', 'plan.disputed', 'outcome.given', 'outcome.corrected', 'reviews.due')) ORDER BY number LIMIT :limit
