-- The merges of an organisation (of all, if none is named), the newest first.
SELECT id, organisation, from_record, into_record, names, stamp, undone FROM merge
WHERE :organisation = '' OR organisation = :organisation ORDER BY changed DESC, id LIMIT :limit
