-- The step that something is sent for, and whether the alert waits for an answer still.
SELECT s.alert, s.step, s.name, s.whom, s.rota, s.person, s.tells, s.reason, s.at, a.department AS department,
       CASE WHEN a.open AND a.state = 'raised' THEN 1 ELSE 0 END AS waits
FROM escalation_step s JOIN alert a ON a.id = s.alert WHERE s.alert = :alert AND s.step = :step
