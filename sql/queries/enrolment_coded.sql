-- The screen that shows a code.
SELECT hash, code, person, until FROM enrolment WHERE code = :code
