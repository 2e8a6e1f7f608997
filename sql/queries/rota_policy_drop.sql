-- A policy holds no more.
DELETE FROM rota_policy WHERE id = :id
