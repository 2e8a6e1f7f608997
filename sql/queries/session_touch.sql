-- When a session was used last.
UPDATE session SET seen = :seen, idle = :idle WHERE id = :id
