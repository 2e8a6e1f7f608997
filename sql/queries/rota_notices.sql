-- What was told of the rotas and is so still, as far as anybody looked.
SELECT rota, what FROM rota_notice ORDER BY rota, what
