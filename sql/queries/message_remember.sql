-- Notes that a message was taken; no row changes if it had been taken before.
INSERT INTO message (sender, control_id, hash, received) VALUES (:sender, :control_id, :hash, :received)
ON CONFLICT DO NOTHING
