-- What of this is kept about an alert that goes.
DELETE FROM delivery_try WHERE alert = :alert
