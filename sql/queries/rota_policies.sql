-- All policies that are kept.
SELECT id, organisation, revision, terms FROM rota_policy ORDER BY id
