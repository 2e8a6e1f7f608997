-- Who was told of what happened to a plan that goes.
DELETE FROM telling WHERE happening IN (SELECT id FROM happening WHERE plan = :id)
