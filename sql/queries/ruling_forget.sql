-- What was said about whom the alerts of a visit are about.
DELETE FROM ruling WHERE attendance = :attendance
