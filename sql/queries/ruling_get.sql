-- What was said last about one attendance and one plan.
SELECT attendance, plan, answer, actor, role, organisation, at, seen FROM ruling WHERE attendance = :attendance AND plan = :plan
