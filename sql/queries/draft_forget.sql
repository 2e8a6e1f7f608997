-- A draft, unless somebody wrote in it meanwhile.
DELETE FROM draft WHERE id = :id AND saved < :before
