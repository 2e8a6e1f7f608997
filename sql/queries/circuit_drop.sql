-- A server that takes messages answers again.
DELETE FROM circuit WHERE name = :name
