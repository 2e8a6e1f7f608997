-- One list of plans.
SELECT id, revision, person, role, organisation, name, changed FROM plan_list WHERE id = :id
