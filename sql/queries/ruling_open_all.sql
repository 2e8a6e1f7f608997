-- What people said about everybody who is in a department now, for the proof.
SELECT r.attendance, r.plan, r.answer, r.actor, r.role, r.organisation, r.at, r.seen
FROM attendance t JOIN ruling r ON r.attendance = t.id WHERE t.open
