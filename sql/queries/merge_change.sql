-- A merge that was told again, or undone.
UPDATE merge SET stamp = :stamp, undone = :undone, changed = :changed WHERE id = :id
