-- The screen that holds a secret.
SELECT hash, code, person, until FROM enrolment WHERE hash = :hash
