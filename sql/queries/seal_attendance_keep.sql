-- Who a visit is about, sealed (again). What was in sight before is emptied.
UPDATE attendance SET visit = :visit, nhs_number = :nhs_number, hospital_number = :hospital_number, patient = :patient, records = :records,
    family = '', given = '', birth_date = '', sex = '', postcode = '', tracing = '', other_names = '[]'
WHERE id = :id
