-- The alerts that are an alarm, and whether they wait for an answer still.
SELECT e.alert, e.department, e.alarmed, CASE WHEN a.open AND a.state = 'raised' THEN 1 ELSE 0 END AS waits
FROM escalation e JOIN alert a ON a.id = e.alert WHERE e.alarmed IS NOT NULL ORDER BY e.department, e.alarmed, e.alert
