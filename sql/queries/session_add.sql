-- Begins a session.
INSERT INTO session (id, hash, person, begun, seen, idle, ends, agent, place)
VALUES (:id, :hash, :person, :begun, :seen, :idle, :ends, :agent, :place)
