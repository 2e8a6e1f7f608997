-- Which NHS numbers have plans, some at a time, each once: as one text, which is ten times as fast to read as rows.
SELECT COUNT(*) AS n, COALESCE(MAX(nhs_number), '') AS last, COALESCE(string_agg(nhs_number, ','), '') AS entries
FROM (SELECT DISTINCT nhs_number FROM plan WHERE nhs_number > :after ORDER BY nhs_number LIMIT 4096) AS part
