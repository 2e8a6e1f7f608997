-- One report. It is never changed.
INSERT INTO proof (id, began, ended, visits, plans, expected, found, differences, mended, findings)
VALUES (:id, :began, :ended, :visits, :plans, :expected, :found, :differences, :mended, :findings)
