-- The beginning of the journal, up to an entry. Nothing else is ever deleted from it.
DELETE FROM journal WHERE number <= :number
