-- Everybody who had to say why they open a plan, the newest first.
SELECT id, plan, centre, alert, actor, role, actor_org, glass, special, why, words, at, until, judged_at, judged_by, judged_role, judged_org, upheld, finding
FROM opening WHERE plan = :plan ORDER BY at DESC, id
