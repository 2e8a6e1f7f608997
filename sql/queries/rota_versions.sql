-- What rotas were made of since an instant, and the newest version of each.
SELECT v.rota, v.revision, v.since, v.until, v.by_name, v.plan
FROM rota_version v JOIN rota r ON r.id = v.rota
WHERE v.until IS NULL OR v.until > :since OR v.revision = r.revision
ORDER BY v.rota, v.revision
