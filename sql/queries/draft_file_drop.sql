-- Throws a file of a draft away.
DELETE FROM draft_file WHERE draft = :draft AND sha256 = :sha256
