-- +goose Up

-- Rotas that are kept (package subscribers/rotas). revision is that of the newest version; dropped is NULL while the rota stands.
CREATE TABLE rota (
    id           TEXT   NOT NULL PRIMARY KEY,
    organisation TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    dropped      BIGINT
);

-- What a rota was made of from since to before until, which is NULL while that holds. Rows are never deleted: the past is answered by them. plan is
-- JSON, and names accounts only.
CREATE TABLE rota_version (
    rota     TEXT   NOT NULL REFERENCES rota (id),
    revision BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT,
    by_name  TEXT   NOT NULL,
    plan     TEXT   NOT NULL,
    PRIMARY KEY (rota, revision)
);

-- Who is on from starts to before ends whoever else would be; instead is empty for everybody's time. One that was cancelled after it began ends then.
CREATE TABLE rota_override (
    id         TEXT   NOT NULL PRIMARY KEY,
    rota       TEXT   NOT NULL REFERENCES rota (id),
    starts     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    instead    TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    decided    BIGINT NOT NULL,
    decided_by TEXT   NOT NULL,
    cancelled  BIGINT
);
CREATE INDEX rota_override_ends ON rota_override (rota, ends);

-- Who wants whom to be on instead of them, and what they do in return (back_* is NULL: nothing). It holds once accepted is not NULL.
CREATE TABLE rota_swap (
    id          TEXT   NOT NULL PRIMARY KEY,
    rota        TEXT   NOT NULL REFERENCES rota (id),
    asks        TEXT   NOT NULL,
    takes       TEXT   NOT NULL,
    starts      BIGINT NOT NULL,
    ends        BIGINT NOT NULL,
    back_starts BIGINT,
    back_ends   BIGINT,
    asked       BIGINT NOT NULL,
    accepted    BIGINT,
    closed      BIGINT
);
CREATE INDEX rota_swap_ends ON rota_swap (rota, ends);

-- What happens while nobody answers (package subscribers/escalation). terms is JSON.
CREATE TABLE rota_policy (
    id           TEXT   NOT NULL PRIMARY KEY,
    organisation TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    terms        TEXT   NOT NULL
);

-- The rota of a centre's own line.
CREATE TABLE rota_line (
    centre   TEXT   NOT NULL PRIMARY KEY,
    rota     TEXT   NOT NULL,
    revision BIGINT NOT NULL
);

-- Addresses for calendar programs: what stands in one is kept as a hash. rota is empty for all shifts of the person.
CREATE TABLE rota_calendar (
    hash   TEXT   NOT NULL PRIMARY KEY,
    person TEXT   NOT NULL,
    rota   TEXT   NOT NULL,
    made   BIGINT NOT NULL
);
CREATE UNIQUE INDEX rota_calendar_person ON rota_calendar (person, rota);

-- +goose Down
DROP TABLE rota_calendar;
DROP TABLE rota_line;
DROP TABLE rota_policy;
DROP TABLE rota_swap;
DROP TABLE rota_override;
DROP TABLE rota_version;
DROP TABLE rota;
