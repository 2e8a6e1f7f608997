-- What a plan changed, wherever somebody said so, in the order of time.
SELECT alert, department, plan, version, changed, actor, role, organisation, at FROM outcome WHERE plan = :plan ORDER BY at, alert, department LIMIT :limit
