-- What was said last holds; the journal tells what was said before.
INSERT INTO ruling (attendance, plan, answer, actor, role, organisation, at, seen)
VALUES (:attendance, :plan, :answer, :actor, :role, :organisation, :at, :seen)
ON CONFLICT (attendance, plan) DO UPDATE SET answer = excluded.answer, actor = excluded.actor, role = excluded.role,
    organisation = excluded.organisation, at = excluded.at, seen = excluded.seen
