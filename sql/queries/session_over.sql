-- Sessions whose time is over.
SELECT id, hash, person, begun, seen, idle, ends, agent, place, role, organisation, department, provider, subject, sid, hint FROM session WHERE idle <= :now OR ends <= :now ORDER BY ends, id LIMIT 1000
