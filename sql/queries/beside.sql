-- The plans behind the other alerts that stand, without a doubt about who it is, for the same visit: what one screen shows side by side.
SELECT p.id, p.version, p.centre, p.status, p.urgency, p.nhs_number, p.family, p.given, p.birth_date, p.sex, p.postcode, p.tracing, p.other_names, p.restricted, p.patient, p.valid_from,
       p.valid_to, p.categories, p.restriction, p.consent, v.headline, v.sections, v.content, v.author, v.published
FROM alert a JOIN plan p ON p.id = a.plan JOIN plan_version v ON v.id = p.id AND v.version = p.version
WHERE a.attendance = :attendance AND a.open AND a.match = 'confirmed' AND a.id <> :id ORDER BY p.id
