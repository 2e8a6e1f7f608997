-- How many screens wait.
SELECT COUNT(*) FROM enrolment WHERE until > :now
