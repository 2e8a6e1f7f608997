-- Whose shifts a calendar program reads.
SELECT hash, person, rota, made FROM rota_calendar WHERE hash = :hash
