-- The first entry at an instant or after it, as the clocks of the nodes had it.
SELECT number FROM journal WHERE at >= :at ORDER BY at, number LIMIT 1
