-- The session of a cookie.
SELECT id, hash, person, begun, seen, idle, ends, agent, place, role, organisation, department, provider, subject, sid, hint FROM session WHERE hash = :hash
