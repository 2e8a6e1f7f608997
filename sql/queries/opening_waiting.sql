-- Broken glasses at which nobody has looked, the oldest first.
SELECT id, plan, centre, alert, actor, role, actor_org, glass, special, why, words, at, until, judged_at, judged_by, judged_role, judged_org, upheld, finding
FROM opening WHERE glass = 1 AND judged_at IS NULL ORDER BY at, id LIMIT :limit
