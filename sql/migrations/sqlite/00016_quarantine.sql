-- What the operator of the quarantine needs: over which listener a message came and what its sender showed, so that it can be taken again by
-- the same rules, and what became of it since.

-- +goose Up
ALTER TABLE quarantine ADD COLUMN listener TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN address TEXT NOT NULL DEFAULT '';
-- Of the certificate: fingerprint, subject, and its alternative names, one a line.
ALTER TABLE quarantine ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN names TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN replays BIGINT NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN replayed_at BIGINT;
ALTER TABLE quarantine ADD COLUMN taken_at BIGINT;
ALTER TABLE quarantine ADD COLUMN discarded_at BIGINT;
-- Who took or discarded it.
ALTER TABLE quarantine ADD COLUMN settled_by TEXT NOT NULL DEFAULT '';
CREATE INDEX quarantine_newest ON quarantine (last_at, hash);

-- +goose Down
DROP INDEX quarantine_newest;
ALTER TABLE quarantine DROP COLUMN settled_by;
ALTER TABLE quarantine DROP COLUMN discarded_at;
ALTER TABLE quarantine DROP COLUMN taken_at;
ALTER TABLE quarantine DROP COLUMN replayed_at;
ALTER TABLE quarantine DROP COLUMN replays;
ALTER TABLE quarantine DROP COLUMN names;
ALTER TABLE quarantine DROP COLUMN subject;
ALTER TABLE quarantine DROP COLUMN fingerprint;
ALTER TABLE quarantine DROP COLUMN address;
ALTER TABLE quarantine DROP COLUMN listener;
