-- The versions of all plans of a centre, the newest first. Numbers are nearly in the order of time: what was received long enough before
-- since was also committed before it, and so bounds how far back the search goes.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size
FROM plan_change c JOIN plan_version v ON v.id = c.id AND v.version = c.version
WHERE c.centre = :centre AND c.number < :before AND v.published >= :since
  AND c.number > COALESCE((SELECT e.number FROM plan_change e WHERE e.centre = :centre AND e.at < :roughly ORDER BY e.at DESC, e.number DESC LIMIT 1), 0)
ORDER BY c.number DESC LIMIT :limit
