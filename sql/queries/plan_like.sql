-- The plans of whoever has one of the keys, in any status, once for each key. Sorted by the caller.
SELECT p.id, p.version, p.centre, p.status, p.urgency, p.nhs_number, p.family, p.given, p.birth_date, p.sex, p.postcode,
       p.tracing, p.other_names, p.restricted, p.valid_from, p.valid_to, p.categories, p.restriction, p.consent
FROM plan_key k JOIN plan p ON p.id = k.plan WHERE k.key IN (:k1, :k2, :k3, :k4, :k5, :k6, :k7, :k8)
