-- What a rota was made of until now.
UPDATE rota_version SET until = :at WHERE rota = :rota AND until IS NULL
