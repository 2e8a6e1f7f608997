-- Somebody asks for a swap, or it is answered.
INSERT INTO rota_swap (id, rota, asks, takes, starts, ends, back_starts, back_ends, asked, accepted, closed)
VALUES (:id, :rota, :asks, :takes, :starts, :ends, :back_starts, :back_ends, :asked, :accepted, :closed)
ON CONFLICT (id) DO UPDATE SET accepted = excluded.accepted, closed = excluded.closed
