-- What people asked each other to take, unless all of it was over at an instant.
SELECT id, rota, asks, takes, starts, ends, back_starts, back_ends, asked, accepted, closed FROM rota_swap
WHERE ends > :since OR back_ends > :since ORDER BY rota, asked, id
