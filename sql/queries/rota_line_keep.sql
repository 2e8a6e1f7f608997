-- Who is on for a centre from now on.
INSERT INTO rota_line (centre, rota, revision) VALUES (:centre, :rota, :revision)
ON CONFLICT (centre) DO UPDATE SET rota = excluded.rota, revision = excluded.revision
