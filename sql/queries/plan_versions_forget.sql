-- All versions of a plan, with what came with them.
DELETE FROM plan_version WHERE id = :id
