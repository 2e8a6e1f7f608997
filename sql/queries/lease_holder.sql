-- Who has a piece of work now.
SELECT holder FROM lease WHERE name = :name AND until > :now
