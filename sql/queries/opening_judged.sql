-- Broken glasses at which somebody has looked since an instant, the newest first.
SELECT id, plan, centre, alert, actor, role, actor_org, glass, special, why, words, at, until, judged_at, judged_by, judged_role, judged_org, upheld, finding
FROM opening WHERE glass = 1 AND judged_at >= :since ORDER BY judged_at DESC, id LIMIT :limit
