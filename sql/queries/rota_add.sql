-- A rota, or the next version of one, also of one that was dropped.
INSERT INTO rota (id, organisation, revision, dropped) VALUES (:id, :organisation, :revision, NULL)
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, dropped = NULL
