-- What somebody subscribed to in a role.
SELECT id, revision, person, role, organisation, name, wanted, people, changed_by, changed FROM subscription WHERE person <> '' AND person = :person AND role = :role AND organisation = :organisation ORDER BY id
