-- A digest that was kept long enough.
DELETE FROM visit_digest WHERE name = :name AND gone < :before
