-- The newest versions of a centre's plans in the order in which they were received. A plan that is revised while somebody turns the pages
-- moves to the end: it is seen again, never missed. What else is asked of a plan is compared by the caller.
-- Numbers are nearly in the order of time: what was received long enough before the time asked for was also committed before it, and so
-- bounds where the search begins. (What was received first need not have been committed first.)
SELECT c.number, c.id, c.version, v.published, length(v.document) AS size, plan.status, plan.nhs_number, plan.patient, plan.categories
FROM plan_change c JOIN plan ON plan.id = c.id AND plan.version = c.version JOIN plan_version v ON v.id = c.id AND v.version = c.version
WHERE c.centre = :centre AND c.number > :after
  AND c.number > COALESCE((SELECT e.number FROM plan_change e WHERE e.centre = :centre AND e.at < :roughly ORDER BY e.at DESC, e.number DESC LIMIT 1), 0)
ORDER BY c.number LIMIT :limit
