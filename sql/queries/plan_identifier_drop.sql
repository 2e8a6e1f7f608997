-- One identifier of a plan, which is written otherwise at once.
DELETE FROM plan_identifier WHERE centre = :centre AND value = :value AND system = :system AND id = :id
