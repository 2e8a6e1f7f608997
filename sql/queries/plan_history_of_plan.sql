-- The versions of one plan, the newest first. The documents are read one by one: a page of them may be too much to hold at once.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size
FROM plan_change c JOIN plan_version v ON v.id = c.id AND v.version = c.version
WHERE c.id = :id AND c.centre = :centre AND c.number < :before AND v.published >= :since
ORDER BY c.number DESC LIMIT :limit
