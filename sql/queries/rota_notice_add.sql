-- Something of a rota is told.
INSERT INTO rota_notice (rota, what, at) VALUES (:rota, :what, :at)
