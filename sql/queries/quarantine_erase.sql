-- A message of the quarantine with all that is known of it.
DELETE FROM quarantine WHERE hash = :hash
