-- The newest reports, the newest first.
SELECT id, began, ended, visits, plans, expected, found, findings FROM proof ORDER BY ended DESC, id DESC LIMIT :limit
