-- The session of a cookie.
SELECT id, hash, person, begun, seen, idle, ends, agent, place FROM session WHERE hash = :hash
