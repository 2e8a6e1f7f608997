-- A screen of the department showed the canary.
UPDATE canary SET displayed = :at WHERE department = :department AND (displayed IS NULL OR displayed < :at)
