-- Two entries of a Bundle may not have one id, so this fails for what was not checked.
INSERT INTO plan_part (centre, type, part, id) VALUES (:centre, :type, :part, :id)
