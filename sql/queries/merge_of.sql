-- Every merge that names a record, on either side.
SELECT id, organisation, from_record, into_record, names, stamp, undone FROM merge
WHERE organisation = :organisation AND (from_record IN (:record, :record_before) OR into_record IN (:record, :record_before))
