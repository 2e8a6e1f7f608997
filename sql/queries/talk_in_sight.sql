-- How much was said about one alert, and what its plan changed in the department where it is.
SELECT a.id AS alert,
       (SELECT COUNT(*) FROM talk t WHERE t.alert = a.id AND t.kind = 'question') AS questions,
       (SELECT COUNT(*) FROM talk t WHERE t.alert = a.id AND t.kind = 'question' AND t.open) AS unanswered,
       (SELECT COUNT(*) FROM talk t WHERE t.alert = a.id AND t.kind = 'answer' AND t.read_at IS NULL) AS unread,
       (SELECT COUNT(*) FROM talk t JOIN plan p ON p.id = t.plan WHERE t.alert = a.id AND t.kind = 'dispute' AND t.open AND p.version <= t.version) AS disputes,
       COALESCE((SELECT o.changed FROM outcome o WHERE o.alert = a.id AND o.department = a.department), '') AS changed
FROM alert a WHERE a.id = :alert
