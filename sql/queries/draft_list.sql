-- An author's drafts, the one that was written last first.
SELECT id, centre, author, plan, base, revision, form, saved FROM draft WHERE centre = :centre AND author = :author ORDER BY saved DESC, id LIMIT :limit
