-- Whom a plan is about, sealed (again). What was in sight before is emptied.
UPDATE plan SET nhs_number = :nhs_number, patient = :patient,
    family = '', given = '', birth_date = '', sex = '', postcode = '', tracing = '', other_names = '[]'
WHERE id = :id
