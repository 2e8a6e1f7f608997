-- The marks of messages that were received before an instant, from after one of them up to another.
DELETE FROM message
WHERE (sender, control_id, hash) > (:sender, :control_id, :hash) AND (sender, control_id, hash) <= (:to_sender, :to_control_id, :to_hash)
  AND received < :before
