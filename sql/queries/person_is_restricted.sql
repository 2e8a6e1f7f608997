-- Whether a person is restricted.
SELECT COUNT(*) FROM person_restricted WHERE name = :name
