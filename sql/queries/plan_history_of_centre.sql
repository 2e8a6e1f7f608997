-- The versions of all plans of a centre, the newest first. Numbers are nearly in the order of time: the first one received after a time
-- shortly before since bounds how far back the search goes.
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size
FROM plan_change c JOIN plan_version v ON v.id = c.id AND v.version = c.version
WHERE c.centre = :centre AND c.number < :before AND v.published >= :since
  AND c.number >= COALESCE((SELECT e.number FROM plan_change e WHERE e.centre = :centre AND e.at >= :roughly ORDER BY e.at, e.number LIMIT 1), 9223372036854775807)
ORDER BY c.number DESC LIMIT :limit
