-- What is subscribed to for the teams of an organisation.
SELECT id, revision, person, role, organisation, name, wanted, people, changed_by, changed FROM subscription WHERE person = '' AND organisation = :organisation ORDER BY id
