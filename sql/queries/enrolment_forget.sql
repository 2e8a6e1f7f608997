-- Screens that waited too long.
DELETE FROM enrolment WHERE until <= :now
