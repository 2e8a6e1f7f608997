-- +goose Up

-- What somebody does who answered an alert, on which screen they said so, and to whom it was handed over last; '' and NULL if it was not.
ALTER TABLE alert ADD COLUMN acknowledged_done TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN acknowledged_screen TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN handed_to TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN handed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN handed_role TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN handed_org TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN handed_at BIGINT;

-- +goose Down
ALTER TABLE alert DROP COLUMN handed_at;
ALTER TABLE alert DROP COLUMN handed_org;
ALTER TABLE alert DROP COLUMN handed_role;
ALTER TABLE alert DROP COLUMN handed_by;
ALTER TABLE alert DROP COLUMN handed_to;
ALTER TABLE alert DROP COLUMN acknowledged_screen;
ALTER TABLE alert DROP COLUMN acknowledged_done;
