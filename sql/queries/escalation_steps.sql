-- The steps that were taken for an alert, in order.
SELECT alert, step, name, whom, rota, person, tells, reason, at FROM escalation_step WHERE alert = :alert ORDER BY step
