-- One session by the name that it has in lists.
SELECT id, hash, person, begun, seen, idle, ends, agent, place, role, organisation, department, provider, subject, sid, hint FROM session WHERE id = :id
