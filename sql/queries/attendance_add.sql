-- A visit that no message spoke of before. The newest plan that was looked through is the last in the order of the commits, unless :plans_to is one
-- that this transaction has not told the journal of yet.
INSERT INTO attendance (id, organisation, visit, open, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient,
                        hospital_number, point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps, changed, born_key, names_key, post_key,
                        looked_department, arrived, checked, found, plans_to)
VALUES (:id, :organisation, :visit, :open, :state, :department, :warning, :nhs_number, :family, :given, :birth_date, :sex, :postcode, :tracing, :other_names, :restricted, :patient,
        :hospital_number, :point_of_care, :room, :bed, :site, :stated_arrival, :consent, :marks, :records, :stamps, :changed, :born_key, :names_key, :post_key,
        :looked_department, :arrived, :checked, :found,
        CASE WHEN CAST(:checked AS BIGINT) IS NOT NULL
             THEN COALESCE(CAST(:plans_to AS BIGINT), (SELECT at FROM plan_change ORDER BY number DESC LIMIT 1)) END)
