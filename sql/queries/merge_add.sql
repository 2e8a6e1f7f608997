-- A merge that was not told before.
INSERT INTO merge (id, organisation, from_record, into_record, names, stamp, undone, changed)
VALUES (:id, :organisation, :from_record, :into_record, :names, :stamp, :undone, :changed)
