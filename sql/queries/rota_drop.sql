-- A rota is there no more; what it was is.
UPDATE rota SET dropped = :at WHERE id = :id
