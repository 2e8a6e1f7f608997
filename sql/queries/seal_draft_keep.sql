-- A draft, sealed (again). It is no new revision.
UPDATE draft SET form = :form WHERE id = :id
