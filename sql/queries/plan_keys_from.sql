-- Under which keys plans are held, some at a time, each once: as one text, which is ten times as fast to read as rows.
SELECT COUNT(*) AS n, COALESCE(MAX(key), 0) AS last, COALESCE(string_agg(CAST(key AS TEXT), ','), '') AS entries
FROM (SELECT DISTINCT key FROM plan_key WHERE key >= :from ORDER BY key LIMIT 4096) AS part
