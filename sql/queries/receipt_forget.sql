-- What of this is kept about an alert that goes.
DELETE FROM receipt WHERE alert = :alert
