-- Keeps the hash of a ticket.
INSERT INTO ticket (hash, session, until) VALUES (:hash, :session, :until)
