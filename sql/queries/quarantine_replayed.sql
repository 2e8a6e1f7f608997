-- What became of an entry that was given to the receiver again: taken, or waiting for the reason that stands now.
UPDATE quarantine SET replays = replays + 1, replayed_at = :at, taken_at = :taken, settled_by = :by,
    answer = :answer, condition = :condition, location = :location, reason = :reason
WHERE hash = :hash AND discarded_at IS NULL
