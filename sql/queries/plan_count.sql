-- How many plans are held, in any status: how much room their keys need in memory.
SELECT COUNT(*) FROM plan
