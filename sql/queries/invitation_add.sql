-- Keeps the hash of a link.
INSERT INTO invitation (hash, person, first, secret, until) VALUES (:hash, :person, :first, :secret, :until)
