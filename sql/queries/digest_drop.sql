-- Drops what is left of a visit, because it goes on.
DELETE FROM visit_digest WHERE name = :name
