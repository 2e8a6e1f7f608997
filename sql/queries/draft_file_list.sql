-- The files of a draft, without what is in them.
SELECT sha256, type, bytes, at FROM draft_file WHERE draft = :draft ORDER BY at, sha256
