-- A try, and what came of it.
INSERT INTO delivery_try (alert, step, channel, token, node, outcome, at) VALUES (:alert, :step, :channel, :token, :node, :outcome, :at)
ON CONFLICT (alert, step, channel, token) DO NOTHING
