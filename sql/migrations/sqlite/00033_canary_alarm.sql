-- +goose Up

-- Since when it is journalled that the canary does not come through to a department; NULL while it does. Several nodes watch, and one tells.
ALTER TABLE canary ADD COLUMN alarmed BIGINT;

-- +goose Down
ALTER TABLE canary DROP COLUMN alarmed;
