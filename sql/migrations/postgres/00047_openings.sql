-- +goose Up

-- Who opened a plan without its patient before them (glass = 1), or one of somebody specially protected, why, and what a second person found
-- (package privacy). words and finding are free text that may name the patient. judged_at is NULL until somebody has looked.
CREATE TABLE opening (
    id          TEXT   NOT NULL PRIMARY KEY,
    plan        TEXT   NOT NULL,
    centre      TEXT   NOT NULL,
    alert       TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    actor_org   TEXT   NOT NULL,
    glass       BIGINT NOT NULL,
    special     BIGINT NOT NULL,
    why         TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    judged_at   BIGINT,
    judged_by   TEXT   NOT NULL,
    judged_role TEXT   NOT NULL,
    judged_org  TEXT   NOT NULL,
    upheld      BIGINT NOT NULL,
    finding     TEXT   NOT NULL
);
-- "May this account read this plan still?", and "who opened it?"
CREATE INDEX opening_plan ON opening (plan, at);
-- "What has nobody looked at yet?"
CREATE INDEX opening_waiting ON opening (at) WHERE glass = 1 AND judged_at IS NULL;
CREATE INDEX opening_judged ON opening (judged_at) WHERE judged_at IS NOT NULL;
-- "What is this centre told?"
CREATE INDEX opening_centre ON opening (centre, at);

-- +goose Down
DROP TABLE opening;
