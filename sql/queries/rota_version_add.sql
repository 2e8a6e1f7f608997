-- What a rota is made of from now on.
INSERT INTO rota_version (rota, revision, since, until, by_name, plan) VALUES (:rota, :revision, :since, NULL, :by_name, :plan)
