-- What was said, sealed (again).
UPDATE talk SET text = :text WHERE id = :id
