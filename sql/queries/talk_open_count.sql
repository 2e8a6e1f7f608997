-- How much waits for a centre's answer, plan by plan; see talk_open.sql.
SELECT t.plan, t.kind, COUNT(*) AS n, MAX(t.at) AS newest
FROM talk t JOIN alert a ON a.id = t.alert JOIN plan p ON p.id = t.plan
WHERE t.open AND t.centre = :centre AND a.show <> '' AND (t.kind = 'question' OR p.version <= t.version)
GROUP BY t.plan, t.kind ORDER BY t.plan, t.kind
