-- A visit that no message spoke of before.
INSERT INTO attendance (id, organisation, visit, open, state, department, warning, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted,
                        hospital_number, point_of_care, room, bed, site, stated_arrival, consent, marks, records, stamps, changed)
VALUES (:id, :organisation, :visit, :open, :state, :department, :warning, :nhs_number, :family, :given, :birth_date, :sex, :postcode, :tracing, :other_names, :restricted,
        :hospital_number, :point_of_care, :room, :bed, :site, :stated_arrival, :consent, :marks, :records, :stamps, :changed)
