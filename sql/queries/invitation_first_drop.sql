-- The links of the first administrator, before another is made.
DELETE FROM invitation WHERE first = 1
