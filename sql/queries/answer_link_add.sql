-- Somebody is sent a link by which an alert can be answered.
INSERT INTO answer_link (hash, alert, person, made, until, used, used_by) VALUES (:hash, :alert, :person, :made, :until, NULL, '')
