-- Alerts that wait for an answer and have no escalation under way: those that never had one, were answered and then were not any more, or are
-- before another department now. An alarm that was raised for the same department stays one.
SELECT a.id FROM alert a LEFT JOIN escalation e ON e.alert = a.id
WHERE a.on_board AND a.open AND a.state = 'raised' AND (e.alert IS NULL OR e.department <> a.department OR (e.due IS NULL AND e.alarmed IS NULL))
ORDER BY a.raised, a.id
