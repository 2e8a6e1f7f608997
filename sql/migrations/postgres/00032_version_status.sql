-- +goose Up

-- Why each version has the status that it has, for the list of a plan's versions, which would else read every document. status is NULL in
-- versions that were published before: their documents say it.
ALTER TABLE plan_version ADD COLUMN status TEXT;
ALTER TABLE plan_version ADD COLUMN status_reason TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE plan_version DROP COLUMN status_reason;
ALTER TABLE plan_version DROP COLUMN status;
