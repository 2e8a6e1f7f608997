-- What a second person found. Who is first has said it.
UPDATE opening SET judged_at = :judged_at, judged_by = :judged_by, judged_role = :judged_role, judged_org = :judged_org, upheld = :upheld, finding = :finding
WHERE id = :id AND judged_at IS NULL
