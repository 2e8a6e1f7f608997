-- The plans of a centre whose day of review is before a day, as review_counts has it, of which no happening since that day tells.
SELECT p.id AS plan, p.centre, p.version, p.categories, p.urgency FROM plan p
WHERE p.review_due <> '' AND p.review_due || substr('-12-31', length(p.review_due) - 3) < :today AND p.status IN ('active', 'on-hold') AND p.centre = :centre
  AND NOT EXISTS (SELECT 1 FROM happening h WHERE h.plan = p.id AND h.event = 'overdue' AND h.version = p.version)
ORDER BY p.id LIMIT :limit
