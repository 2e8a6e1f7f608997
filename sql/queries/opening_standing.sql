-- The newest opening of somebody for a plan that holds still.
SELECT id, plan, centre, alert, actor, role, actor_org, glass, special, why, words, at, until, judged_at, judged_by, judged_role, judged_org, upheld, finding
FROM opening WHERE plan = :plan AND actor = :actor AND role = :role AND actor_org = :actor_org AND until > :now ORDER BY at DESC, id LIMIT 1
