-- Whose link waits to be used.
SELECT DISTINCT person FROM invitation WHERE until > :now ORDER BY person
