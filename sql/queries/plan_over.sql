-- Plans that hold no more, whose newest version is older than an instant, and which no alert is about, after one of them.
SELECT plan.id FROM plan JOIN plan_version v ON v.id = plan.id AND v.version = plan.version
WHERE plan.id > :after AND v.published < :before
  AND (plan.status IN ('revoked', 'entered-in-error', 'completed') OR plan.valid_to < :before)
  AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.plan = plan.id)
ORDER BY plan.id LIMIT :most
