-- +goose Up

-- What decides who may be shown a plan: categories are SNOMED CT codes and restriction names organisations and roles, both as JSON;
-- consent is '', 'given' or 'dissent'. review_due is a day (YYYY-MM-DD), or '' if the centre states none.
ALTER TABLE plan ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';
ALTER TABLE plan ADD COLUMN restriction TEXT NOT NULL DEFAULT '{}';
ALTER TABLE plan ADD COLUMN consent TEXT NOT NULL DEFAULT '';
ALTER TABLE plan ADD COLUMN review_due TEXT NOT NULL DEFAULT '';
-- "Which of our plans are to be reviewed?", asked once a day for each centre.
CREATE INDEX plan_review ON plan (centre, review_due) WHERE review_due <> '';

-- What the patient said at the desk about sharing: '', 'given' or 'dissent'.
ALTER TABLE attendance ADD COLUMN consent TEXT NOT NULL DEFAULT '';

-- show is how much of the plan the department may see. A recall is an alert whose plan was withdrawn after it had been shown; it stays on
-- the board until somebody there has seen that. on_board is true for open alerts and unseen recalls.
ALTER TABLE alert ADD COLUMN show TEXT NOT NULL DEFAULT 'full';
ALTER TABLE alert ADD COLUMN recalled_at BIGINT;
ALTER TABLE alert ADD COLUMN recall_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN recall_seen_at BIGINT;
ALTER TABLE alert ADD COLUMN on_board BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE alert SET on_board = open;
DROP INDEX alert_open_department;
CREATE INDEX alert_on_board ON alert (department) WHERE on_board;
-- "Where was this plan shown?"
CREATE INDEX alert_plan ON alert (plan);

-- In which role, and for whom, somebody gave a receipt.
ALTER TABLE receipt ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt ADD COLUMN organisation TEXT NOT NULL DEFAULT '';

-- Work that one node at a time does. A row says who has it and until when; whoever comes after that may take it.
CREATE TABLE lease (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL
);

-- The reports of the proof of no miss. differences is how many there were; findings names them, as JSON.
CREATE TABLE proof (
    id          TEXT    NOT NULL PRIMARY KEY,
    began       BIGINT  NOT NULL,
    ended       BIGINT  NOT NULL,
    visits      BIGINT  NOT NULL,
    plans       BIGINT  NOT NULL,
    expected    BIGINT  NOT NULL,
    found       BIGINT  NOT NULL,
    differences BIGINT  NOT NULL,
    mended      BOOLEAN NOT NULL,
    findings    TEXT    NOT NULL
);
CREATE INDEX proof_ended ON proof (ended);

-- +goose Down
DROP TABLE proof;
DROP TABLE lease;
ALTER TABLE receipt DROP COLUMN organisation;
ALTER TABLE receipt DROP COLUMN role;
DROP INDEX alert_plan;
DROP INDEX alert_on_board;
CREATE INDEX alert_open_department ON alert (department) WHERE open;
ALTER TABLE alert DROP COLUMN on_board;
ALTER TABLE alert DROP COLUMN recall_seen_at;
ALTER TABLE alert DROP COLUMN recall_version;
ALTER TABLE alert DROP COLUMN recalled_at;
ALTER TABLE alert DROP COLUMN show;
ALTER TABLE attendance DROP COLUMN consent;
DROP INDEX plan_review;
ALTER TABLE plan DROP COLUMN review_due;
ALTER TABLE plan DROP COLUMN consent;
ALTER TABLE plan DROP COLUMN restriction;
ALTER TABLE plan DROP COLUMN categories;
