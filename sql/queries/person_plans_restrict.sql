-- A restricted person's plans.
UPDATE plan SET restricted = TRUE WHERE nhs_number IN (:nhs_number, :nhs_number_before)
