-- A screen has an account now.
UPDATE enrolment SET person = :person WHERE hash = :hash
