-- How an alert stands now, with what of its plan subscriptions ask for.
SELECT a.id AS alert, a.plan, a.centre, a.department, a.version, p.categories, a.urgency, a.open, a.state, t.state AS visit,
       CASE WHEN a.recalled_at IS NOT NULL OR EXISTS (SELECT 1 FROM recall r WHERE r.alert = a.id) THEN 1 ELSE 0 END AS recalled
FROM alert a JOIN attendance t ON t.id = a.attendance JOIN plan p ON p.id = a.plan WHERE a.id = :alert
