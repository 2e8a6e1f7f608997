-- What happened to an alert that goes.
DELETE FROM happening WHERE alert <> '' AND alert = :alert
