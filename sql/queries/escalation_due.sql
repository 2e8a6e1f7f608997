-- Escalations that are due, the longest first, with what is decided on: the alert is held as it is until the decision is kept. Those of a clock
-- that was wrong (since lies ahead) are looked at again.
SELECT e.alert, e.department, e.first, e.taken, e.since, e.wait, a.open, a.state, a.state_reason, a.centre, a.urgency, a.department AS now_department
FROM escalation e JOIN alert a ON a.id = e.alert
WHERE e.due IS NOT NULL AND (e.due <= :now OR e.since > :ahead) ORDER BY e.due, e.alert LIMIT :limit /*postgres FOR NO KEY UPDATE SKIP LOCKED */
