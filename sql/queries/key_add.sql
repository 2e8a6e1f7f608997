-- A key that was made just now.
INSERT INTO sealing_key (purpose, number, master, wrapped, made) VALUES (:purpose, :number, :master, :wrapped, :made)
