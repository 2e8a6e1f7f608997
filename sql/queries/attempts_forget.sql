-- Attempts that do not count any more.
DELETE FROM attempts WHERE since <= :before AND (until IS NULL OR until <= :before)
