-- Throws all files of a draft away.
DELETE FROM draft_file WHERE draft = :draft
