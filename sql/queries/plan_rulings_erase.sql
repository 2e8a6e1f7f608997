-- What was said about whom the alerts about a plan are about.
DELETE FROM ruling WHERE plan = :plan
