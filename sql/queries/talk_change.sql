-- What was said does not change: only whether it waits, and whether it was read.
UPDATE talk SET open = :open, read_at = :read_at WHERE id = :id
