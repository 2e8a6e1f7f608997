-- How an alert stood when it was routed last.
SELECT department, version, open, answered, admitted, recalled FROM alert_routed WHERE alert = :alert
