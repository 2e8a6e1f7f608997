-- The draft in which an author revises a plan.
SELECT id, centre, author, plan, base, revision, form, saved FROM draft WHERE plan = :plan AND plan <> '' AND centre = :centre AND author = :author
