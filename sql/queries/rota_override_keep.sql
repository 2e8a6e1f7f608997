-- Somebody is put on, or that ends.
INSERT INTO rota_override (id, rota, starts, ends, instead, person, decided, decided_by, cancelled)
VALUES (:id, :rota, :starts, :ends, :instead, :person, :decided, :decided_by, :cancelled)
ON CONFLICT (id) DO UPDATE SET ends = excluded.ends, cancelled = excluded.cancelled
