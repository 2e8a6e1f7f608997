-- That a record was merged, on either side.
DELETE FROM merge WHERE organisation = :organisation AND (from_record IN (:record, :record_before) OR into_record IN (:record, :record_before))
