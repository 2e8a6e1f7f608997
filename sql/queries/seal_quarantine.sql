-- Messages of the quarantine, to be sealed (again).
SELECT hash, size, raw FROM quarantine WHERE hash > :after ORDER BY hash LIMIT :most /*postgres FOR UPDATE */
