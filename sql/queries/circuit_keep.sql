-- A server that takes messages has failed.
INSERT INTO circuit (name, failed, until) VALUES (:name, :failed, :until) ON CONFLICT (name) DO UPDATE SET failed = excluded.failed, until = excluded.until
