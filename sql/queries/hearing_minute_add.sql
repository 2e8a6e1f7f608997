-- What several nodes hear in one minute adds up.
INSERT INTO hearing_minute (feed, at, fresh, stale, first_at, last_at)
VALUES (:feed, :at, :fresh, :stale, :first_at, :last_at)
ON CONFLICT (feed, at) DO UPDATE SET fresh = hearing_minute.fresh + excluded.fresh, stale = hearing_minute.stale + excluded.stale,
    first_at = CASE WHEN excluded.first_at < hearing_minute.first_at THEN excluded.first_at ELSE hearing_minute.first_at END,
    last_at = CASE WHEN excluded.last_at > hearing_minute.last_at THEN excluded.last_at ELSE hearing_minute.last_at END
