-- One version of a plan as its centre sent it, the newest or not.
SELECT plan.centre, v.published, v.document
FROM plan_version v JOIN plan ON plan.id = v.id WHERE v.id = :id AND v.version = :version
