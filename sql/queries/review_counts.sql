-- How many plans of each centre are to be reviewed until a day, and how many should have been before today.
SELECT centre, COUNT(CASE WHEN review_due >= :today THEN 1 END) AS due, COUNT(CASE WHEN review_due < :today THEN 1 END) AS overdue
FROM plan WHERE review_due <> '' AND review_due <= :until AND status IN ('active', 'on-hold') GROUP BY centre ORDER BY centre
