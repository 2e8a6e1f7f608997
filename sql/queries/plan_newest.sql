-- The newest version of each plan of every centre, the last received first: for another region, which has a share in many. The caller
-- stops at the time that it wants to go back to.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size
FROM plan_change c JOIN plan ON plan.id = c.id AND plan.version = c.version JOIN plan_version v ON v.id = c.id AND v.version = c.version
WHERE c.number < :before ORDER BY c.number DESC LIMIT :limit
