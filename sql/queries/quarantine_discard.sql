-- Drops a message and keeps that it was there.
UPDATE quarantine SET raw = :empty, size = 0, discarded_at = :at, settled_by = :by
WHERE hash = :hash AND discarded_at IS NULL
