-- A node takes what is due and nobody else tells now. Whoever had it before and comes back late has an older token.
UPDATE telling SET holder = :node, until = :until, token = token + 1
WHERE (happening, person) IN (SELECT happening, person FROM telling WHERE next <= :now AND (until IS NULL OR until <= :now)
       ORDER BY next, happening, person LIMIT :limit /*postgres FOR UPDATE SKIP LOCKED */)
RETURNING happening, person, role, organisation, department, due, ends, token
