-- The secret of a second factor, sealed (again).
UPDATE account SET secret = :secret WHERE id = :id
