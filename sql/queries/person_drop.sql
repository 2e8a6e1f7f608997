-- A record of a person without a visit.
DELETE FROM attendance WHERE organisation = :organisation AND visit IN (:visit, :visit_before)
