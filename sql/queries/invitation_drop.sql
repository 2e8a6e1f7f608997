-- The links of a person are good for nothing any more.
DELETE FROM invitation WHERE person = :person
