-- Who was told of what happened to an alert that goes.
DELETE FROM telling WHERE happening IN (SELECT id FROM happening WHERE alert <> '' AND alert = :alert)
