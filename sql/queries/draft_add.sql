-- Begins a draft. No row changes if this author has one for the same plan already.
INSERT INTO draft (id, centre, author, plan, base, revision, form, saved)
VALUES (:id, :centre, :author, :plan, :base, :revision, :form, :saved)
ON CONFLICT DO NOTHING
