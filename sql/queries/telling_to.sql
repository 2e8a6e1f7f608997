-- What somebody was or will be told since an instant at an organisation, the newest first.
SELECT h.id, h.event, h.at, h.alert, h.plan, h.version, h.centre, h.categories, h.department, h.came_from, h.organisation, h.urgency, t.due, t.state, t.words
FROM telling t JOIN happening h ON h.id = t.happening
WHERE t.person = :person AND t.organisation = :organisation AND t.due >= :since ORDER BY t.due DESC, h.id LIMIT :limit
