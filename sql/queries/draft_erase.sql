-- A draft, whoever writes it.
DELETE FROM draft WHERE id = :id
