-- The canary came through. Nothing changes if it did so lately, through another listener or node: one row changes if it is news.
INSERT INTO canary (department, passed) VALUES (:department, :at)
ON CONFLICT (department) DO UPDATE SET passed = excluded.passed WHERE canary.passed <= :since
