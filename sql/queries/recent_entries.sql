-- What happened on a department's board to the alerts that it had since an instant, in the order of the commits.
SELECT j.subject, j.kind, j.at, j.actor, j.role, j.actor_org, j.reason, j.version
FROM alert a JOIN journal j ON j.subject = a.id AND j.room <> ''
WHERE a.department = :department AND a.raised >= :since AND a.show <> '' AND j.room = :department ORDER BY j.number LIMIT :limit
