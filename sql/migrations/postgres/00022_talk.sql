-- +goose Up

-- What the department and the centre say to each other about an alert. It is clinical free text, so it stands here and never in the
-- journal. kind is 'question', 'dispute' or 'answer'; answers is the line that an answer answers, else ''. open is true for a question or a
-- dispute that nobody answered; version is the version of the plan that it is about. read_at is when the other side first read the line.
CREATE TABLE talk (
    id           TEXT    NOT NULL PRIMARY KEY,
    alert        TEXT    NOT NULL,
    plan         TEXT    NOT NULL,
    version      BIGINT  NOT NULL,
    centre       TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    answers      TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    open         BOOLEAN NOT NULL,
    read_at      BIGINT
);
CREATE INDEX talk_alert ON talk (alert, at);
CREATE INDEX talk_plan ON talk (plan, at);
-- "What waits for this centre's answer?"
CREATE INDEX talk_open ON talk (centre, at) WHERE open;

-- What a plan changed for a visit to a department, as somebody there said last.
CREATE TABLE outcome (
    alert        TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    plan         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    changed      TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (alert, department)
);
CREATE INDEX outcome_plan ON outcome (plan);

-- +goose Down
DROP TABLE outcome;
DROP TABLE talk;
