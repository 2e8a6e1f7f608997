-- How many plans of each centre, or of one, are to be reviewed until a day, and how many should have been before today. A day of review without
-- a day of the month, or without a month, means its last; 31 is later than the last day of any month.
SELECT centre, COUNT(CASE WHEN review_due || substr('-12-31', length(review_due) - 3) >= :today THEN 1 END) AS due,
       COUNT(CASE WHEN review_due || substr('-12-31', length(review_due) - 3) < :today THEN 1 END) AS overdue
FROM plan WHERE review_due <> '' AND review_due || substr('-12-31', length(review_due) - 3) <= :until AND status IN ('active', 'on-hold')
  AND (:centre = '' OR centre = :centre)
GROUP BY centre ORDER BY centre
