-- A file of a draft.
SELECT sha256, type, bytes, content, at FROM draft_file WHERE draft = :draft AND sha256 = :sha256
