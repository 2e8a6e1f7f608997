-- +goose Up

-- Plans that somebody at a centre is still writing. form is what was typed, as JSON; plan and base are the plan and the version that the
-- draft revises, '' and 0 for a new one. revision counts how often the draft was kept.
CREATE TABLE draft (
    id       TEXT   NOT NULL PRIMARY KEY,
    centre   TEXT   NOT NULL,
    author   TEXT   NOT NULL,
    plan     TEXT   NOT NULL,
    base     BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    form     TEXT   NOT NULL,
    saved    BIGINT NOT NULL
);
CREATE INDEX draft_author ON draft (centre, author, saved);
-- One author revises one plan in one draft.
CREATE UNIQUE INDEX draft_plan ON draft (centre, author, plan) WHERE plan <> '';

-- A centre's list of its plans, by name.
CREATE INDEX plan_own ON plan (centre, family, given, id);

-- +goose Down
DROP INDEX plan_own;
DROP TABLE draft;
