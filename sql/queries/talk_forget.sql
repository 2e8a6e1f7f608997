-- What of this is kept about an alert that goes.
DELETE FROM talk WHERE alert = :alert
