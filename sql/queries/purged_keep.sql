-- Notes how far a run has come in a class of what is purged.
INSERT INTO purged (class, up_to) VALUES (:class, :up_to)
ON CONFLICT (class) DO UPDATE SET up_to = excluded.up_to
