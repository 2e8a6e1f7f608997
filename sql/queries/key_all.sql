-- The keys of this database, each wrapped with the master key.
SELECT purpose, number, master, wrapped, made FROM sealing_key ORDER BY purpose, number
