-- The visit as its messages tell it now. What identifies it never changes. The last look for plans stays, unless one was made just now.
UPDATE attendance SET open = :open, state = :state, department = :department, warning = :warning, nhs_number = :nhs_number, family = :family,
       given = :given, birth_date = :birth_date, sex = :sex, postcode = :postcode, tracing = :tracing, other_names = :other_names, restricted = :restricted, patient = :patient, hospital_number = :hospital_number,
       point_of_care = :point_of_care, room = :room, bed = :bed, site = :site, stated_arrival = :stated_arrival, consent = :consent, marks = :marks, records = :records, stamps = :stamps, changed = :changed,
       born_key = :born_key, names_key = :names_key, post_key = :post_key,
       looked_department = COALESCE(:looked_department, looked_department), arrived = CASE WHEN CAST(:checked AS BIGINT) IS NULL THEN arrived ELSE :arrived END,
       checked = COALESCE(CAST(:checked AS BIGINT), checked), found = COALESCE(:found, found),
       plans_to = CASE WHEN CAST(:checked AS BIGINT) IS NULL THEN plans_to
                       ELSE COALESCE(CAST(:plans_to AS BIGINT), (SELECT at FROM plan_change ORDER BY number DESC LIMIT 1)) END
WHERE id = :id
