-- Keeps what could not be understood, or counts it if the same bytes are kept already. Whoever sends what was taken or discarded again, and is
-- not understood again, has it waiting again; the newest reason and the newest way it came count.
INSERT INTO quarantine (hash, sender, first_at, last_at, times, answer, condition, location, reason, raw, size,
    listener, address, fingerprint, subject, names, organisation)
VALUES (:hash, :sender, :at, :at, 1, :answer, :condition, :location, :reason, :raw, :size,
    :listener, :address, :fingerprint, :subject, :names, :organisation)
ON CONFLICT (hash) DO UPDATE SET last_at = excluded.last_at, times = quarantine.times + 1, sender = excluded.sender,
    answer = excluded.answer, condition = excluded.condition, location = excluded.location, reason = excluded.reason, raw = excluded.raw, size = excluded.size,
    listener = excluded.listener, address = excluded.address, fingerprint = excluded.fingerprint, subject = excluded.subject,
    names = excluded.names, organisation = excluded.organisation, taken_at = NULL, discarded_at = NULL, settled_by = ''
RETURNING times
