-- Who is on whoever else would be, unless that was over at an instant.
SELECT id, rota, starts, ends, instead, person, decided, decided_by, cancelled FROM rota_override WHERE ends > :since ORDER BY rota, starts, id
