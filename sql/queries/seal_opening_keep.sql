-- What was said by those who opened plans and by those who judged it, sealed (again).
UPDATE opening SET words = :words, finding = :finding WHERE id = :id
