-- The newest version of a plan, with the document it came in.
SELECT plan.id, plan.version, plan.centre, plan.status, plan.urgency, plan.nhs_number, plan.family, plan.given, plan.birth_date, plan.sex, plan.postcode, plan.tracing, plan.other_names, plan.restricted, plan.patient,
       plan.valid_from, plan.valid_to, plan.categories, plan.restriction, plan.consent, v.headline, v.sections, v.content, v.author, v.published, v.document
FROM plan JOIN plan_version v ON v.id = plan.id AND v.version = plan.version WHERE plan.id = :id
