-- What of this is kept about an alert that goes.
DELETE FROM alert_routed WHERE alert = :alert
