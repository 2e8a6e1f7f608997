-- Every merge that names a record, on either side.
SELECT id, organisation, from_record, into_record, stamp, undone FROM merge
WHERE organisation = :organisation AND (from_record = :record OR into_record = :record)
