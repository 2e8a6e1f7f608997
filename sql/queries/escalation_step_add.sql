-- A step is taken, once.
INSERT INTO escalation_step (alert, step, name, whom, rota, person, tells, reason, at)
VALUES (:alert, :step, :name, :whom, :rota, :person, :tells, :reason, :at)
