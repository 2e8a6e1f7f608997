-- The alerts of a visit.
SELECT id FROM alert WHERE attendance = :attendance
