-- How far the journal goes: the number of its newest entry, 0 if there is none.
SELECT number FROM journal_head WHERE id = 1
