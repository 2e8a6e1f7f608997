-- The alerts about a plan.
SELECT id FROM alert WHERE plan = :plan
