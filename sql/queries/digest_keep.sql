-- Puts a digest in the place of a visit.
INSERT INTO visit_digest (name, id, organisation, department, state, warning, marks, stamps, arrived, gone)
VALUES (:name, :id, :organisation, :department, :state, :warning, :marks, :stamps, :arrived, :gone)
