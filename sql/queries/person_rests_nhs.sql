-- The visits that owe a part of what they say to records of people, go on or were heard of lately, and have an NHS number.
SELECT COUNT(*) FROM attendance
WHERE records <> '' AND organisation = :organisation AND nhs_number IN (:nhs_number, :nhs_number_before) AND (open OR changed >= :since)
