-- The canary does not come through to a department, which may never have had one. One row changes if that is news.
INSERT INTO canary (department, passed, alarmed) VALUES (:department, 0, :at)
ON CONFLICT (department) DO UPDATE SET alarmed = excluded.alarmed WHERE canary.alarmed IS NULL
