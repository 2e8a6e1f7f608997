-- The visit as its messages tell it now. What identifies it never changes.
UPDATE attendance SET open = :open, state = :state, department = :department, warning = :warning, nhs_number = :nhs_number, family = :family,
       given = :given, birth_date = :birth_date, sex = :sex, postcode = :postcode, tracing = :tracing, other_names = :other_names, restricted = :restricted, hospital_number = :hospital_number,
       point_of_care = :point_of_care, room = :room, bed = :bed, site = :site, stated_arrival = :stated_arrival, consent = :consent, marks = :marks, records = :records, stamps = :stamps, changed = :changed
WHERE id = :id
