-- Somebody is told of something that happened.
INSERT INTO telling (happening, person, role, organisation, department, subscription, due, ends, next, holder, until, token, state, words)
VALUES (:happening, :person, :role, :organisation, :department, :subscription, :due, :ends, :due, '', NULL, 0, 'waits', '')
