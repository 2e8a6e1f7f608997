-- A subscription that somebody wants no more.
DELETE FROM subscription WHERE id = :id
