-- The last check of a visit. The newest plan is found as the last in the order of the commits; :plans_to is one that this transaction has
-- not told the journal of yet.
INSERT INTO arrival (attendance, department, arrived, checked, plans_to, found)
VALUES (:attendance, :department, :arrived, :checked,
        (SELECT MAX(known.at) FROM (SELECT newest.at FROM (SELECT at FROM plan_change ORDER BY number DESC LIMIT 1) AS newest
                                    UNION ALL SELECT CAST(:plans_to AS BIGINT)) AS known), :found)
ON CONFLICT (attendance) DO UPDATE SET department = excluded.department, arrived = excluded.arrived, checked = excluded.checked,
        plans_to = excluded.plans_to, found = excluded.found
