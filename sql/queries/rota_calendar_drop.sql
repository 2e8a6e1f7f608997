-- An address for a calendar program holds no more.
DELETE FROM rota_calendar WHERE person = :person AND rota = :rota
