-- +goose Up

-- Where each entry was caused: the pattern of an address and from which network address. Entries from before have none, and their seals hold.
ALTER TABLE journal ADD COLUMN place TEXT NOT NULL DEFAULT '';

-- "What happened to this alert, and who looked at this plan?" It serves what journal_alert did, too.
CREATE INDEX journal_subject ON journal (subject, number);
DROP INDEX journal_alert;
-- "What did this account do?"
CREATE INDEX journal_actor ON journal (actor, number);
-- "Between which numbers is this day?"
CREATE INDEX journal_at ON journal (at);

-- +goose Down
DROP INDEX journal_at;
DROP INDEX journal_actor;
CREATE INDEX journal_alert ON journal (subject, number) WHERE room <> '';
DROP INDEX journal_subject;
ALTER TABLE journal DROP COLUMN place;
