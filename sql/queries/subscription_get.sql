-- One subscription.
SELECT id, revision, person, role, organisation, name, wanted, people, changed_by, changed FROM subscription WHERE id = :id
