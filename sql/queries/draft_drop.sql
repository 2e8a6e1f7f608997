-- Throws a draft away, once it is published or not wanted any more.
DELETE FROM draft WHERE id = :id AND centre = :centre AND author = :author
