-- A record of a person that nobody needs any more, unless something was heard of it meanwhile.
DELETE FROM attendance WHERE id = :id AND changed < :since
