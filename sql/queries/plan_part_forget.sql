-- A new version says anew what came along with it.
DELETE FROM plan_part WHERE id = :id
