-- +goose Up

-- Every message taken, so that a resend is known: the same sender, control id and content. Nothing of its content is kept here. The
-- sender and its counting control ids come first in the key, so that new rows lie side by side.
CREATE TABLE message (
    sender     TEXT   NOT NULL,
    control_id TEXT   NOT NULL,
    hash       BLOB   NOT NULL,
    received   BIGINT NOT NULL,
    PRIMARY KEY (sender, control_id, hash)
) WITHOUT ROWID;

-- Visits, folded from their messages. stamps says, for each fact, which message stated it (package alerts).
CREATE TABLE attendance (
    id              TEXT    NOT NULL PRIMARY KEY,
    organisation    TEXT    NOT NULL,
    visit           TEXT    NOT NULL,
    open            BOOLEAN NOT NULL,
    state           TEXT    NOT NULL,
    department      TEXT    NOT NULL,
    warning         TEXT    NOT NULL,
    nhs_number      TEXT    NOT NULL,
    family          TEXT    NOT NULL,
    given           TEXT    NOT NULL,
    birth_date      TEXT    NOT NULL,
    sex             TEXT    NOT NULL,
    postcode        TEXT    NOT NULL,
    hospital_number TEXT    NOT NULL,
    point_of_care   TEXT    NOT NULL,
    room            TEXT    NOT NULL,
    bed             TEXT    NOT NULL,
    site            TEXT    NOT NULL,
    stated_arrival  BIGINT,
    stamps          TEXT    NOT NULL,
    changed         BIGINT  NOT NULL,
    UNIQUE (organisation, visit)
);
-- "Who of the people in a department now is this plan about?", asked when a plan is published.
CREATE INDEX attendance_open_patient ON attendance (nhs_number) WHERE open AND nhs_number <> '';

-- What deciding needs of each plan's newest version.
CREATE TABLE plan (
    id         TEXT   NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    centre     TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    urgency    TEXT   NOT NULL,
    nhs_number TEXT   NOT NULL,
    family     TEXT   NOT NULL,
    given      TEXT   NOT NULL,
    birth_date TEXT   NOT NULL,
    sex        TEXT   NOT NULL,
    postcode   TEXT   NOT NULL,
    valid_from BIGINT,
    valid_to   BIGINT
);
-- "Is there a plan for this arrival?", asked for every message.
CREATE INDEX plan_patient ON plan (nhs_number);

-- Every version as it was published; rows are never changed. document is what the centre sent, byte for byte.
CREATE TABLE plan_version (
    id         TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    headline   TEXT   NOT NULL,
    sections   TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    published  BIGINT NOT NULL,
    document   BLOB   NOT NULL,
    PRIMARY KEY (id, version)
);

-- At most one alert for an attendance and a plan.
CREATE TABLE alert (
    id                   TEXT    NOT NULL PRIMARY KEY,
    attendance           TEXT    NOT NULL REFERENCES attendance (id),
    plan                 TEXT    NOT NULL REFERENCES plan (id),
    version              BIGINT  NOT NULL,
    centre               TEXT    NOT NULL,
    department           TEXT    NOT NULL,
    match                TEXT    NOT NULL,
    reason               TEXT    NOT NULL,
    urgency              TEXT    NOT NULL,
    open                 BOOLEAN NOT NULL,
    state                TEXT    NOT NULL,
    state_reason         TEXT    NOT NULL,
    raised               BIGINT  NOT NULL,
    acknowledged_at      BIGINT,
    acknowledged_by      TEXT    NOT NULL,
    acknowledged_role    TEXT    NOT NULL,
    acknowledged_org     TEXT    NOT NULL,
    acknowledged_version BIGINT  NOT NULL,
    UNIQUE (attendance, plan)
);
CREATE INDEX alert_open_department ON alert (department) WHERE open;

-- What happened, in which order, caused by whom (package journal). Rows are never changed or deleted.
CREATE TABLE journal (
    number     BIGINT NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    actor_org  TEXT   NOT NULL,
    room       TEXT   NOT NULL,
    before     BIGINT NOT NULL,
    subject    TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    previous   BLOB   NOT NULL,
    hash       BLOB   NOT NULL
);
CREATE UNIQUE INDEX journal_room ON journal (room, number) WHERE room <> '';

-- Receipts, once each; the journal entry of the same transaction says when.
CREATE TABLE receipt (
    alert   TEXT   NOT NULL REFERENCES alert (id),
    version BIGINT NOT NULL,
    kind    TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (alert, version, kind, actor)
) WITHOUT ROWID;

-- Messages that could not be understood, byte for byte. The same bytes again are counted, not kept twice.
CREATE TABLE quarantine (
    hash      BLOB   NOT NULL PRIMARY KEY,
    sender    TEXT   NOT NULL,
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    times     BIGINT NOT NULL,
    answer    TEXT   NOT NULL,
    condition BIGINT NOT NULL,
    location  TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    raw       BLOB   NOT NULL
);

-- +goose Down
DROP TABLE quarantine;
DROP TABLE receipt;
DROP TABLE journal;
DROP TABLE alert;
DROP TABLE plan_version;
DROP TABLE plan;
DROP TABLE attendance;
DROP TABLE message;
