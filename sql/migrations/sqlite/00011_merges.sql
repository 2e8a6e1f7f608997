-- +goose Up

-- What a hospital's records of the person add to a visit (package alerts, Records), as JSON; '' for most.
ALTER TABLE attendance ADD COLUMN records TEXT NOT NULL DEFAULT '';
-- "Of which open visits does this message about a person speak?" and "of which was nothing heard?"
DROP INDEX attendance_open;
CREATE INDEX attendance_open_number ON attendance (organisation, hospital_number) WHERE open;
-- "To whom who is here lead merged records?", asked when a plan is published.
CREATE INDEX attendance_open_led ON attendance (id) WHERE open AND records <> '';

-- Which of its records a hospital merged into which. stamp is that of the newest message that said so; undone: somebody took it back.
CREATE TABLE merge (
    id           TEXT    NOT NULL PRIMARY KEY,
    organisation TEXT    NOT NULL,
    from_record  TEXT    NOT NULL,
    into_record  TEXT    NOT NULL,
    stamp        TEXT    NOT NULL,
    undone       BOOLEAN NOT NULL,
    changed      BIGINT  NOT NULL,
    UNIQUE (organisation, from_record, into_record)
);
CREATE INDEX merge_into ON merge (organisation, into_record);

-- +goose Down
DROP TABLE merge;
DROP INDEX attendance_open_led;
DROP INDEX attendance_open_number;
CREATE INDEX attendance_open ON attendance (id) WHERE open;
ALTER TABLE attendance DROP COLUMN records;
