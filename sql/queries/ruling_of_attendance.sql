-- What people said about whom an attendance is about.
SELECT attendance, plan, answer, actor, role, organisation, at, seen FROM ruling WHERE attendance = :attendance ORDER BY plan
