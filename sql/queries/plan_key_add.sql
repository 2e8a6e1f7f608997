-- Keys under which somebody is found; a key that is named twice is kept once.
INSERT INTO plan_key (key, plan) VALUES (:k1, :id), (:k2, :id), (:k3, :id), (:k4, :id), (:k5, :id), (:k6, :id), (:k7, :id), (:k8, :id)
ON CONFLICT DO NOTHING
