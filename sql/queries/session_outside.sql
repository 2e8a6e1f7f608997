-- The sessions of somebody whom a provider vouches for, or those that rest on one of its own sessions: '' stands for any subject or any sid.
SELECT id, hash, person, begun, seen, idle, ends, agent, place, role, organisation, department, provider, subject, sid, hint FROM session
WHERE provider = :provider AND provider <> '' AND (:subject = '' OR subject = :subject) AND (:sid = '' OR sid = :sid)
ORDER BY id LIMIT 1000
