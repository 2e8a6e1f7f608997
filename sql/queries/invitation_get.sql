-- The invitation of a link.
SELECT hash, person, first, secret, until FROM invitation WHERE hash = :hash
