-- A visit whose alerts are gone.
DELETE FROM attendance WHERE id = :id AND NOT open
