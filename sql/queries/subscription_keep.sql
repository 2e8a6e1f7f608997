-- A subscription that was changed, unless somebody else did so since.
UPDATE subscription SET revision = revision + 1, name = :name, wanted = :wanted, people = :people, changed_by = :changed_by, changed = :changed
WHERE id = :id AND revision = :revision
