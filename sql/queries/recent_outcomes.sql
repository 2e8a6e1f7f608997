-- What the plans of the alerts that a department had since an instant changed there, as somebody said last.
SELECT o.alert, o.department, o.plan, o.version, o.changed, o.actor, o.role, o.organisation, o.at
FROM outcome o JOIN alert a ON a.id = o.alert
WHERE a.department = :department AND a.raised >= :since AND a.show <> '' AND o.department = :department
