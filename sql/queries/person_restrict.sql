-- Notes that a person is restricted; no row changes if that was so before.
INSERT INTO person_restricted (name, since) VALUES (:name, :since)
ON CONFLICT DO NOTHING
