-- The plans of a centre with an identifier of this value; whether the system is right, the caller sees. There are one or two.
SELECT id, system FROM plan_identifier WHERE centre = :centre AND value IN (:value, :value_before)
