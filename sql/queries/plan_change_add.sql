-- The place of a version in the histories. Written after the journal's counter was taken: numbers are in the order of the commits.
INSERT INTO plan_change (number, centre, id, version, at) VALUES (:number, :centre, :id, :version, :at)
