-- The departments that had the text of the plan before them.
SELECT department, version FROM alert_shown WHERE alert = :alert ORDER BY department
