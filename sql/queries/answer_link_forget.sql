-- What of this is kept about an alert that goes.
DELETE FROM answer_link WHERE alert = :alert
