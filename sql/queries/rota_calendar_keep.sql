-- A calendar program gets an address, and the one before holds no more.
INSERT INTO rota_calendar (hash, person, rota, made) VALUES (:hash, :person, :rota, :made)
ON CONFLICT (person, rota) DO UPDATE SET hash = excluded.hash, made = excluded.made
