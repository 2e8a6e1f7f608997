-- One merge, to undo it.
SELECT id, organisation, from_record, into_record, names, stamp, undone FROM merge WHERE id = :id
