-- A centre has no line of its own any more.
DELETE FROM rota_line WHERE centre = :centre
