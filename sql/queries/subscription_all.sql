-- Everything that is subscribed to.
SELECT id, revision, person, role, organisation, name, wanted, people, changed_by, changed FROM subscription ORDER BY id
