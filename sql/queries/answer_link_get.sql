-- The link of a token.
SELECT hash, alert, person, made, until, used, used_by FROM answer_link WHERE hash = :hash
