-- How many arrived in a department between two instants and were looked at for plans, for how many something was found, and when the last
-- was looked at. An arrival that was recorded in error is none.
SELECT COUNT(*) AS arrivals, COALESCE(SUM(CASE WHEN c.found IN ('plan', 'possible') THEN 1 ELSE 0 END), 0) AS with_plan,
       COALESCE(SUM(CASE WHEN c.found = 'too little known' THEN 1 ELSE 0 END), 0) AS too_little,
       MAX(c.checked) AS checked, MAX(c.plans_to) AS plans_to
FROM arrival c JOIN attendance t ON t.id = c.attendance
WHERE c.department = :department AND c.arrived >= :from AND c.arrived < :before AND t.state <> 'cancelled'
