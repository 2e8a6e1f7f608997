-- What happens from now on while nobody answers.
INSERT INTO rota_policy (id, organisation, revision, terms) VALUES (:id, :organisation, :revision, :terms)
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, terms = excluded.terms
