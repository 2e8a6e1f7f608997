-- One report.
SELECT id, began, ended, visits, plans, expected, found, findings FROM proof WHERE id = :id
