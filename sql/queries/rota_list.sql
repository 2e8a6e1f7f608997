-- All rotas that are kept, also those that were dropped.
SELECT id, organisation, revision, dropped FROM rota ORDER BY id
