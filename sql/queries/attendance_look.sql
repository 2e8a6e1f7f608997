-- The last look for the plans of a visit. The newest plan is found as the last in the order of the commits, unless :plans_to is one that this
-- transaction has not told the journal of yet.
UPDATE attendance SET looked_department = :looked_department, arrived = :arrived, checked = :checked, found = :found,
       plans_to = COALESCE(CAST(:plans_to AS BIGINT), (SELECT at FROM plan_change ORDER BY number DESC LIMIT 1))
WHERE id = :id
