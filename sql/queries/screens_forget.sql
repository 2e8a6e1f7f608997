-- Forgets what nodes said that say nothing any more.
DELETE FROM screens WHERE until <= :now
