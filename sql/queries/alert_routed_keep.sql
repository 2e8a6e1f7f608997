-- How an alert stands as it is routed.
INSERT INTO alert_routed (alert, department, version, open, answered, admitted, recalled)
VALUES (:alert, :department, :version, :open, :answered, :admitted, :recalled)
ON CONFLICT (alert) DO UPDATE SET department = excluded.department, version = excluded.version, open = excluded.open, answered = excluded.answered,
       admitted = excluded.admitted, recalled = excluded.recalled
