-- How many arrived in a department between two instants and were looked at for plans, for how many something was found, and when the last
-- was looked at. An arrival that was recorded in error is none.
SELECT COUNT(*) AS arrivals, COALESCE(SUM(CASE WHEN t.found IN ('plan', 'possible') THEN 1 ELSE 0 END), 0) AS with_plan,
       COALESCE(SUM(CASE WHEN t.found = 'too little known' THEN 1 ELSE 0 END), 0) AS too_little,
       MAX(t.checked) AS checked, MAX(t.plans_to) AS plans_to
FROM attendance t
WHERE t.looked_department = :department AND t.arrived >= :from AND t.arrived < :before AND t.state <> 'cancelled'
