-- +goose Up

-- In whose name the certificate speaks that a message came with, so that it is shown to that organisation's operators; '' without one.
ALTER TABLE quarantine ADD COLUMN organisation TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE quarantine DROP COLUMN organisation;
