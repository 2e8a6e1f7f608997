-- What of this is kept about an alert that goes.
DELETE FROM escalation WHERE alert = :alert
