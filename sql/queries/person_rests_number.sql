-- The visits that owe a part of what they say to records of people, go on or were heard of lately, and have a hospital number.
SELECT COUNT(*) FROM attendance
WHERE records <> '' AND organisation = :organisation AND hospital_number IN (:hospital_number, :hospital_number_before) AND (open OR changed >= :since)
