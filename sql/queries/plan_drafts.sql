-- The drafts that revise a plan.
SELECT id FROM draft WHERE plan = :plan
