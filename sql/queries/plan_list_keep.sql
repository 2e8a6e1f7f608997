-- A list of plans that was changed, unless that was done since.
UPDATE plan_list SET revision = revision + 1, name = :name, changed = :changed WHERE id = :id AND revision = :revision
