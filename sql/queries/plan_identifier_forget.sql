-- A new version states its identifiers anew.
DELETE FROM plan_identifier WHERE id = :id
