-- The lists of plans that somebody keeps in a role.
SELECT id, revision, person, role, organisation, name, changed FROM plan_list WHERE person = :person AND role = :role AND organisation = :organisation ORDER BY id
