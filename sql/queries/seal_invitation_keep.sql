-- The secret of a second factor that was offered, sealed (again).
UPDATE invitation SET secret = :secret WHERE hash = :id
