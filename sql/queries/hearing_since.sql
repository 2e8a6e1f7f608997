-- What was heard of each feed as a whole since an instant, for whoever watches the rates.
SELECT h.organisation, h.application, h.event, h.site, m.at, m.fresh, m.stale, m.first_at, m.last_at
FROM hearing h JOIN hearing_minute m ON m.feed = h.feed AND m.at >= :since
WHERE h.event = '' AND h.site = ''
ORDER BY m.at
