-- The versions of one plan, the newest first. The documents are read one by one: a page of them may be too much to hold at once. The centre
-- is asked of the plan: asked of its versions, SQLite would walk through all of the centre's.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size
FROM plan JOIN plan_change c ON c.id = plan.id JOIN plan_version v ON v.id = c.id AND v.version = c.version
WHERE plan.id = :id AND plan.centre = :centre AND c.number < :before AND v.published >= :since
ORDER BY c.number DESC LIMIT :limit
