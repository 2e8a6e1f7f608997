-- Whoever was to be the first administrator and has not come: another link takes the place of the one that was printed.
DELETE FROM account WHERE password = '' AND id IN (SELECT person FROM invitation WHERE first = 1)
