-- A screen has signed in.
DELETE FROM enrolment WHERE hash = :hash
