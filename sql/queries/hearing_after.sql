-- What was heard of each feed since its model learnt last.
SELECT h.organisation, h.application, h.event, h.site, m.at, m.fresh, m.stale, m.first_at, m.last_at
FROM hearing h JOIN hearing_minute m ON m.feed = h.feed AND m.at > h.cursor
ORDER BY m.at
