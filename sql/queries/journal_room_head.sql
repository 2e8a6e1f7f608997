-- The newest entry of a room, 0 if it has none.
SELECT COALESCE(MAX(number), 0) FROM journal WHERE room <> '' AND room = :room
