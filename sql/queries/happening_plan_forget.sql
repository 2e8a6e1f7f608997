-- What happened to a plan that goes.
DELETE FROM happening WHERE plan = :id
