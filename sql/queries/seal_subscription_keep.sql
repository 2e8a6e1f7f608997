-- What somebody calls a subscription, sealed (again).
UPDATE subscription SET name = :name WHERE id = :id
