-- A node takes what is due and nobody else sends now. Whoever had it before and comes back late has an older token.
UPDATE delivery SET holder = :node, until = :until, token = token + 1
WHERE (alert, step, contact) IN (SELECT alert, step, contact FROM delivery WHERE due <= :now AND (until IS NULL OR until <= :now)
       ORDER BY due, alert, step, place LIMIT :limit /*postgres FOR UPDATE SKIP LOCKED */)
RETURNING alert, step, contact, channel, place, token, ends
