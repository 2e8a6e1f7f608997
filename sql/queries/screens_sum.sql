-- How many screens each department has on all nodes, and what the journal says last of whether its board can be seen. Departments that
-- have had neither are not there. (PostgreSQL's SUM of a BIGINT is a NUMERIC.)
SELECT d.department, CAST(COALESCE(SUM(s.connected), 0) AS BIGINT) AS connected, CAST(COALESCE(SUM(s.visible), 0) AS BIGINT) AS visible,
       COALESCE(b.watched, FALSE) AS watched, b.since
FROM (SELECT department FROM board_seen UNION SELECT department FROM screens WHERE until > :now) d
LEFT JOIN screens s ON s.department = d.department AND s.until > :now
LEFT JOIN board_seen b ON b.department = d.department
GROUP BY d.department, b.watched, b.since ORDER BY d.department
