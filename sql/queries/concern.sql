-- What somebody did about an alert that changed a board: why it concerns them in their own stream.
SELECT DISTINCT kind FROM journal
WHERE room <> '' AND subject = :alert AND actor = :actor AND role = :role AND actor_org = :organisation ORDER BY kind
