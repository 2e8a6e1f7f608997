-- Nothing changes if somebody else kept the model meanwhile.
UPDATE hearing SET cursor = :cursor, revision = revision + 1, model = :model WHERE feed = :feed AND revision = :revision
