-- Notes that a person is restricted no more.
DELETE FROM person_restricted WHERE name = :name
