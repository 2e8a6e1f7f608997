-- All alerts that a plan ever had, also those that the department was not shown: who saw it is asked.
SELECT id AS alert, attendance, plan FROM alert WHERE plan = :plan ORDER BY raised, id
