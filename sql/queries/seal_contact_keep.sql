-- How somebody is reached, sealed (again).
UPDATE contact SET label = :label, address = :address, secret = :secret, code = :code WHERE id = :id
