-- How far a feed was read.
SELECT since, walk, next, until, comparing, wait, completed, compared, failing, failing_since FROM feed WHERE name = :name
