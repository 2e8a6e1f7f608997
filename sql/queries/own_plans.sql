-- A page of a centre's list of its plans, in the order of the patients' names. Empty parameters ask for all; name is a pattern for LIKE in
-- lower case, typed the same as it was typed: on SQLite lower() knows ASCII only. What counts alerts is asked only for the plans on the page;
-- one that the patient did not want shown is none: it would tell the centre of an attendance that it may not know of. A day of review without a
-- day of the month, or without a month, means its last.
SELECT p.id, p.version, p.centre, p.status, p.urgency, p.nhs_number, p.family, p.given, p.birth_date, p.sex, p.postcode, p.tracing, p.other_names, p.restricted, p.valid_from, p.valid_to,
       p.categories, p.restriction, p.consent, p.review_due, v.headline, v.author, v.published,
       (SELECT COUNT(*) FROM alert a WHERE a.plan = p.id AND a.show <> '') AS alerts, (SELECT MAX(a.raised) FROM alert a WHERE a.plan = p.id AND a.show <> '') AS last_used
FROM plan p JOIN plan_version v ON v.id = p.id AND v.version = p.version
WHERE p.centre = :centre AND (:statuses = '' OR :statuses LIKE '% ' || p.status || ' %') AND (:nhs_number = '' OR p.nhs_number = :nhs_number)
  AND (:name = '' OR lower(p.family) LIKE :name ESCAPE '!' OR lower(p.given) LIKE :name ESCAPE '!' OR p.family LIKE :typed ESCAPE '!' OR p.given LIKE :typed ESCAPE '!')
  AND (:due_until = '' OR p.review_due <> '' AND p.review_due || substr('-12-31', length(p.review_due) - 3) <= :due_until AND p.status IN ('active', 'on-hold'))
ORDER BY p.family, p.given, p.id LIMIT :limit OFFSET :from
