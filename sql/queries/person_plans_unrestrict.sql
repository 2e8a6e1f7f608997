-- The plans of a person who is restricted no more are what their centres say.
UPDATE plan SET restricted = restricted_own WHERE nhs_number IN (:nhs_number, :nhs_number_before)
