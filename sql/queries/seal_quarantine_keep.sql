-- A message, sealed (again).
UPDATE quarantine SET raw = :raw, size = :size WHERE hash = :hash
