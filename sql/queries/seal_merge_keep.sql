-- Which records were merged, sealed (again).
UPDATE merge SET from_record = :from_record, into_record = :into_record, names = :names WHERE id = :id
