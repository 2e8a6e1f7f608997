-- +goose Up

-- The keys that values are sealed with, each wrapped with the master key, which is not here; master is its fingerprint. purpose is 'data' or
-- 'index', that of the blind indexes.
CREATE TABLE sealing_key (
    purpose TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    master  TEXT   NOT NULL,
    wrapped BLOB   NOT NULL,
    made    BIGINT NOT NULL,
    PRIMARY KEY (purpose, number)
);

-- How far sealing again what is not sealed with the newest key has come, one row: table_at is the table and row_at the last row, '' at the
-- beginning; done is the newest key with which everything is sealed, 0 if rows may be in sight that were written before there were any.
CREATE TABLE sealing (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    table_at TEXT    NOT NULL,
    row_at   TEXT    NOT NULL,
    toward   BIGINT  NOT NULL,
    done     BIGINT  NOT NULL
);
INSERT INTO sealing (id, table_at, row_at, toward, done) SELECT 1, '', '', 0, CASE WHEN EXISTS (SELECT 1 FROM meta) THEN 0 ELSE 1 END;

-- Who a patient is, sealed (package vault). nhs_number, hospital_number and visit are blind indexes from now on; the other columns that said it
-- are empty.
ALTER TABLE attendance ADD COLUMN patient BLOB NOT NULL DEFAULT x'';
ALTER TABLE plan ADD COLUMN patient BLOB NOT NULL DEFAULT x'';
-- The two records, sealed; from_record and into_record are blind indexes.
ALTER TABLE merge ADD COLUMN names BLOB NOT NULL DEFAULT x'';
-- How long a message was before it was sealed; NULL for one that is not.
ALTER TABLE quarantine ADD COLUMN size BIGINT;

-- The list of a centre is sorted in memory.
DROP INDEX plan_own;
CREATE INDEX plan_centre ON plan (centre, id);

-- Keys of people are blind indexes from now on: everybody is given theirs when the service starts.
DELETE FROM plan_key;
UPDATE attendance SET born_key = NULL, names_key = NULL, post_key = NULL;
DELETE FROM meta WHERE name = 'key recipe';

-- +goose Down
DROP INDEX plan_centre;
CREATE INDEX plan_own ON plan (centre, family, given, id);
ALTER TABLE quarantine DROP COLUMN size;
ALTER TABLE merge DROP COLUMN names;
ALTER TABLE plan DROP COLUMN patient;
ALTER TABLE attendance DROP COLUMN patient;
DROP TABLE sealing;
DROP TABLE sealing_key;
