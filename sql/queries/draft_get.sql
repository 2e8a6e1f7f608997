-- One draft of an author.
SELECT id, centre, author, plan, base, revision, form, saved FROM draft WHERE id = :id AND centre = :centre AND author = :author
