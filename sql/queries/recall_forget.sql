-- What of this is kept about an alert that goes.
DELETE FROM recall WHERE alert = :alert
