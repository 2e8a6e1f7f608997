-- What is left of a visit that was forgotten.
SELECT id, organisation, department, state, warning, marks, stamps, arrived FROM visit_digest WHERE name = :name
