-- The plan holds again.
DELETE FROM recall WHERE alert = :alert
