-- Keeps what was typed; no row changes if another window kept it since it was read.
UPDATE draft SET form = :form, base = :base, revision = revision + 1, saved = :saved
WHERE id = :id AND centre = :centre AND author = :author AND revision = :revision
