-- Somebody gave themselves leave to read a plan by saying why.
INSERT INTO opening (id, plan, centre, alert, actor, role, actor_org, glass, special, why, words, at, until, judged_at, judged_by, judged_role, judged_org, upheld, finding)
VALUES (:id, :plan, :centre, :alert, :actor, :role, :actor_org, :glass, :special, :why, :words, :at, :until, :judged_at, :judged_by, :judged_role, :judged_org, :upheld, :finding)
