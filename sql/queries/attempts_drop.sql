-- It worked: what failed before does not count.
DELETE FROM attempts WHERE key = :key
