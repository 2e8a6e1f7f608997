-- The lines of all centres.
SELECT centre, rota, revision FROM rota_line ORDER BY centre
