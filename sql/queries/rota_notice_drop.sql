-- What was told of a rota is so no more.
DELETE FROM rota_notice WHERE rota = :rota AND what = :what
