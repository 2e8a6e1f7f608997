-- +goose Up

-- Changes that could silence an alert, which wait for a second person (package changes). text is what would hold, whole; hash its SHA-256. The
-- last of a subject that was taken holds; moved orders them. decided_at is NULL until somebody decided.
CREATE TABLE proposal (
    id           TEXT   NOT NULL PRIMARY KEY,
    subject      TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    summary      TEXT   NOT NULL,
    by_name      TEXT   NOT NULL,
    by_role      TEXT   NOT NULL,
    by_org       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    decided_name TEXT   NOT NULL,
    decided_role TEXT   NOT NULL,
    decided_org  TEXT   NOT NULL,
    decided_at   BIGINT,
    words        TEXT   NOT NULL,
    moved        BIGINT NOT NULL
);
-- "What holds?" and "what waits?"
CREATE INDEX proposal_subject ON proposal (subject, state, moved);
CREATE INDEX proposal_at ON proposal (at);

-- +goose Down
DROP TABLE proposal;
