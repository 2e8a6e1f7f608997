-- How many codes and tests a person asked for lately.
INSERT INTO reached (person, asked, asked_since) VALUES (:person, :asked, :asked_since)
ON CONFLICT (person) DO UPDATE SET asked = excluded.asked, asked_since = excluded.asked_since
