-- Some plans of a centre's list. What counts alerts is asked only for the plans on the page; one that the patient did not want shown is none: it
-- would tell the centre of an attendance that it may not know of.
SELECT p.id, p.version, p.centre, p.status, p.urgency, p.nhs_number, p.family, p.given, p.birth_date, p.sex, p.postcode, p.tracing, p.other_names, p.restricted, p.patient, p.valid_from, p.valid_to,
       p.categories, p.restriction, p.consent, p.review_due, v.headline, v.author, v.published,
       (SELECT COUNT(*) FROM alert a WHERE a.plan = p.id AND a.show <> '') AS alerts, (SELECT MAX(a.raised) FROM alert a WHERE a.plan = p.id AND a.show <> '') AS last_used
FROM plan p JOIN plan_version v ON v.id = p.id AND v.version = p.version
WHERE p.id IN (:a1, :a2, :a3, :a4, :a5, :a6, :a7, :a8)
