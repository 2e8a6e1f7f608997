-- Broken glasses of a centre's plans since an instant, the newest first: the centre is told.
SELECT id, plan, centre, alert, actor, role, actor_org, glass, special, why, words, at, until, judged_at, judged_by, judged_role, judged_org, upheld, finding
FROM opening WHERE centre = :centre AND glass = 1 AND at >= :since ORDER BY at DESC, id LIMIT :limit
