-- The plans of whoever has one of the keys, in any status. Sorted by the caller. Each is read once: whoever has a plan is found under nearly
-- all of its keys.
SELECT id, version, centre, status, urgency, nhs_number, family, given, birth_date, sex, postcode,
       tracing, other_names, restricted, patient, valid_from, valid_to, categories, restriction, consent
FROM plan WHERE id IN (SELECT plan FROM plan_key WHERE key IN (:k1, :k2, :k3, :k4, :k5, :k6, :k7, :k8))
