-- The departments whose alarm is journalled and not yet taken back.
SELECT department FROM canary WHERE alarmed IS NOT NULL ORDER BY department
