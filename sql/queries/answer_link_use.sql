-- Somebody has answered by a link, which can be used once.
UPDATE answer_link SET used = :at, used_by = :by WHERE hash = :hash AND used IS NULL
