-- The alerts of a visit.
DELETE FROM alert WHERE attendance = :attendance
