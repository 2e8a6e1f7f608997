-- A new subscription.
INSERT INTO subscription (id, revision, person, role, organisation, name, wanted, people, changed_by, changed)
VALUES (:id, :revision, :person, :role, :organisation, :name, :wanted, :people, :changed_by, :changed)
