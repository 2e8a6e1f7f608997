-- A message of the quarantine with all that is known of it, unless it came again meanwhile.
DELETE FROM quarantine WHERE hash = :hash AND last_at < :before
