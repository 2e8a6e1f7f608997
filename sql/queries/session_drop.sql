-- Ends a session. One row changes for whoever ends it first.
DELETE FROM session WHERE id = :id
