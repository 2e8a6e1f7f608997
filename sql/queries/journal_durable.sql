-- How far the journal goes, for the marker beside the database and the epoch: the number of its newest entry, 0 if there is none.
SELECT number FROM journal_head WHERE id = 1
