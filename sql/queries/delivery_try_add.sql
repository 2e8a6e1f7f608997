-- A try, and what came of it.
INSERT INTO delivery_try (alert, step, contact, token, channel, node, outcome, at) VALUES (:alert, :step, :contact, :token, :channel, :node, :outcome, :at)
ON CONFLICT (alert, step, contact, token) DO NOTHING
