-- What happened to a centre's plans since an instant, the newest first.
SELECT id, event, at, alert, plan, version, centre, categories, department, came_from, organisation, urgency FROM happening
WHERE centre = :centre AND at >= :since ORDER BY at DESC, id LIMIT :limit
