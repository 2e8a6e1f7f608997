-- What of this is kept about an alert that goes.
DELETE FROM recall_seen WHERE alert = :alert
