-- Keeps what could not be understood, or counts it if the same bytes are kept already.
INSERT INTO quarantine (hash, sender, first_at, last_at, times, answer, condition, location, reason, raw)
VALUES (:hash, :sender, :at, :at, 1, :answer, :condition, :location, :reason, :raw)
ON CONFLICT (hash) DO UPDATE SET last_at = excluded.last_at, times = quarantine.times + 1
RETURNING times
