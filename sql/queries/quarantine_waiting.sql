-- How many messages of each sender wait in quarantine, and when the newest of them came.
SELECT sender, organisation, COUNT(*) AS messages, MAX(last_at) AS newest
FROM quarantine WHERE taken_at IS NULL AND discarded_at IS NULL GROUP BY sender, organisation ORDER BY sender, organisation
