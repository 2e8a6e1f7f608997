-- The alerts that somebody ruled out, of the people who are in a department now.
SELECT a.id FROM attendance t JOIN ruling r ON r.attendance = t.id AND r.answer = 'other' JOIN alert a ON a.attendance = t.id AND a.plan = r.plan
WHERE t.open AND a.department = :department AND NOT a.open ORDER BY r.at, a.id
