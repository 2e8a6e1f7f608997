-- What of this is kept about an alert that goes.
DELETE FROM outcome WHERE alert = :alert
