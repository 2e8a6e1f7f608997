-- The ID token of a session, sealed (again).
UPDATE session SET hint = :hint WHERE id = :id
