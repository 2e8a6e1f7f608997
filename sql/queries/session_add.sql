-- Begins a session.
INSERT INTO session (id, hash, person, begun, seen, idle, ends, agent, place, role, organisation, department, provider, subject, sid, hint)
VALUES (:id, :hash, :person, :begun, :seen, :idle, :ends, :agent, :place, :role, :organisation, :department, :provider, :subject, :sid, :hint)
