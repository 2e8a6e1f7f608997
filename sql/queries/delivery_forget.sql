-- What of this is kept about an alert that goes.
DELETE FROM delivery WHERE alert = :alert
