-- The step that something is sent for, in how many ways that is, and whether the alert waits for an answer still.
SELECT s.alert, s.step, s.name, s.whom, s.rota, s.person, s.tells, s.reason, s.at, a.department AS department, a.plan AS plan,
       CASE WHEN a.open AND a.state = 'raised' THEN 1 ELSE 0 END AS waits,
       (SELECT COUNT(*) FROM delivery d WHERE d.alert = s.alert AND d.step = s.step) AS ways
FROM escalation_step s JOIN alert a ON a.id = s.alert WHERE s.alert = :alert AND s.step = :step
