-- A screen shows a code.
INSERT INTO enrolment (hash, code, person, until) VALUES (:hash, :code, :person, :until)
