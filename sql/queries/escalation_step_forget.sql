-- What of this is kept about an alert that goes.
DELETE FROM escalation_step WHERE alert = :alert
