-- A centre may state the same identifier twice in one plan.
INSERT INTO plan_identifier (centre, value, system, id) VALUES (:centre, :value, :system, :id) ON CONFLICT (centre, value, system, id) DO NOTHING
