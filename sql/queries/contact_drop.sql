-- A contact point is removed.
DELETE FROM contact WHERE id = :id
