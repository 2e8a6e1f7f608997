-- Keeps that an assertion was used. No row changes if it was used before.
INSERT INTO assertion_used (client, id, ends) VALUES (:client, :id, :ends)
ON CONFLICT DO NOTHING
