-- How many plans the list has of which own_plans gives a page.
SELECT COUNT(*) FROM plan p
WHERE p.centre = :centre AND (:statuses = '' OR :statuses LIKE '% ' || p.status || ' %') AND (:nhs_number = '' OR p.nhs_number = :nhs_number)
  AND (:name = '' OR lower(p.family) LIKE :name ESCAPE '!' OR lower(p.given) LIKE :name ESCAPE '!' OR p.family LIKE :typed ESCAPE '!' OR p.given LIKE :typed ESCAPE '!')
  AND (:due_until = '' OR p.review_due <> '' AND p.review_due || substr('-12-31', length(p.review_due) - 3) <= :due_until AND p.status IN ('active', 'on-hold'))
