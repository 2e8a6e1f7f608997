-- The addresses that somebody gave to calendar programs.
SELECT hash, person, rota, made FROM rota_calendar WHERE person = :person ORDER BY rota
