-- The recalls that a department has not seen, of patients who have left it.
SELECT alert, department, version, shown, reason, at, seen_at FROM recall WHERE department = :department AND seen_at IS NULL
