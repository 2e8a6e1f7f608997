-- The recalls of one alert where the patient is no longer.
SELECT alert, department, version, shown, reason, at, seen_at FROM recall WHERE alert = :alert ORDER BY department
