-- +goose Up

-- What an A&E must see of a version, by its headings (package plans, Content), as JSON. Versions published before have none: their text
-- is in sections, and their document is whole.
ALTER TABLE plan_version ADD COLUMN content TEXT NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE plan_version DROP COLUMN content;
