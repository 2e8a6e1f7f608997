-- The sessions of a person, the newest first.
SELECT id, hash, person, begun, seen, idle, ends, agent, place, role, organisation, department, provider, subject, sid, hint FROM session WHERE person = :person ORDER BY begun DESC, id
