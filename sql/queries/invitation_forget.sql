-- Links that are too old.
DELETE FROM invitation WHERE until <= :now
