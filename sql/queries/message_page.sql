-- Marks of messages after one of them, in the order of the key.
SELECT sender, control_id, hash, received FROM message
WHERE (sender, control_id, hash) > (:sender, :control_id, :hash)
ORDER BY sender, control_id, hash LIMIT :most
