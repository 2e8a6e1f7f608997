-- All lists of plans.
SELECT id, revision, person, role, organisation, name, changed FROM plan_list ORDER BY id
