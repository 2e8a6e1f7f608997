-- What deciding needs of the newest version.
INSERT INTO plan (id, version, centre, status, urgency, nhs_number, family, given, birth_date, sex, postcode, tracing, other_names, restricted, patient, valid_from, valid_to,
                  categories, restriction, consent, review_due, restricted_own)
VALUES (:id, :version, :centre, :status, :urgency, :nhs_number, :family, :given, :birth_date, :sex, :postcode, :tracing, :other_names, :restricted, :patient, :valid_from, :valid_to,
        :categories, :restriction, :consent, :review_due, :restricted_own)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, centre = excluded.centre, status = excluded.status, urgency = excluded.urgency,
    nhs_number = excluded.nhs_number, family = excluded.family, given = excluded.given, birth_date = excluded.birth_date, sex = excluded.sex,
    postcode = excluded.postcode, tracing = excluded.tracing, other_names = excluded.other_names, restricted = excluded.restricted, patient = excluded.patient, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    categories = excluded.categories, restriction = excluded.restriction, consent = excluded.consent,
    review_due = excluded.review_due, restricted_own = excluded.restricted_own
