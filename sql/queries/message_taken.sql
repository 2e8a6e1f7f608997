-- Tells whether a message was taken before.
SELECT COUNT(*) FROM message WHERE sender = :sender AND control_id = :control_id AND hash = :hash
