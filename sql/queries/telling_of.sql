-- What somebody is to be told of, and how its alert stands now.
SELECT h.id, h.event, h.at, h.alert, h.plan, h.version, h.centre, h.categories, h.department, h.came_from, h.organisation, h.urgency,
       CASE WHEN a.open THEN 1 ELSE 0 END AS open, COALESCE(a.department, '') AS now_department
FROM happening h LEFT JOIN alert a ON a.id = h.alert WHERE h.id = :id
