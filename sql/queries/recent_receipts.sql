-- Who was given the alerts that a department had since an instant, in the order of time.
SELECT r.alert, r.version, r.kind, r.actor, r.screen, r.role, r.organisation, r.at
FROM receipt r JOIN alert a ON a.id = r.alert
WHERE a.department = :department AND a.raised >= :since AND a.show <> '' ORDER BY r.at, r.alert, r.kind LIMIT :limit
