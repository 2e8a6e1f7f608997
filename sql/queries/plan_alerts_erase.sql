-- The alerts about a plan.
DELETE FROM alert WHERE plan = :plan
