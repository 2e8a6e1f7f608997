-- Keeps the newest entry's hash for the next one to continue from.
UPDATE journal_head SET hash = :hash WHERE id = 1
