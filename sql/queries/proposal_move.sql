-- How a change stands now, if it stood as it was believed to.
UPDATE proposal SET state = :state, decided_name = :decided_name, decided_role = :decided_role, decided_org = :decided_org, decided_at = :decided_at, words = :words, moved = :moved
WHERE id = :id AND state = :before
