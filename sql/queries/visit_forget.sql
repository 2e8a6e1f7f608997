-- A visit that is forgotten, unless it goes on, has an alert, or something was heard of it meanwhile.
DELETE FROM attendance
WHERE id = :id AND NOT open AND changed < :before AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.attendance = attendance.id)
