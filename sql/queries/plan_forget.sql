-- A plan that no alert is about.
DELETE FROM plan WHERE id = :id AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.plan = plan.id)
