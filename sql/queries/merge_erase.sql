-- That a record was merged, on either side.
DELETE FROM merge WHERE organisation = :organisation AND (from_record = :record OR into_record = :record)
