-- A new list of plans.
INSERT INTO plan_list (id, revision, person, role, organisation, name, changed) VALUES (:id, :revision, :person, :role, :organisation, :name, :changed)
