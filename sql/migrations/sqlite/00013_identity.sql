-- +goose Up

-- What more is known of who a patient is. tracing is the NHS number status, '01' to '08' or '' if it was not stated; other_names are former
-- names and aliases, a JSON list of pairs of family and given; restricted: nobody may learn from us where the patient lives.
ALTER TABLE attendance ADD COLUMN tracing TEXT NOT NULL DEFAULT '';
ALTER TABLE attendance ADD COLUMN other_names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE attendance ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE plan ADD COLUMN tracing TEXT NOT NULL DEFAULT '';
ALTER TABLE plan ADD COLUMN other_names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE plan ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE plan DROP COLUMN restricted;
ALTER TABLE plan DROP COLUMN other_names;
ALTER TABLE plan DROP COLUMN tracing;
ALTER TABLE attendance DROP COLUMN restricted;
ALTER TABLE attendance DROP COLUMN other_names;
ALTER TABLE attendance DROP COLUMN tracing;
