-- +goose Up

-- What a hospital says of a visit beside who it is and where (package alerts, Marks), as words; '' for most.
ALTER TABLE attendance ADD COLUMN marks TEXT NOT NULL DEFAULT '';
-- "Of which visits that go on was nothing heard for days?"
CREATE INDEX attendance_open ON attendance (id) WHERE open;

-- also is a department that the patient has left and that shows the alert still, because nobody answered it; '' if there is none.
-- whereabouts is what the boards were told last of the visit.
ALTER TABLE alert ADD COLUMN also TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN whereabouts TEXT NOT NULL DEFAULT '';
CREATE INDEX alert_on_other_board ON alert (also) WHERE on_board AND also <> '';

-- +goose Down
DROP INDEX alert_on_other_board;
ALTER TABLE alert DROP COLUMN whereabouts;
ALTER TABLE alert DROP COLUMN also;
DROP INDEX attendance_open;
ALTER TABLE attendance DROP COLUMN marks;
