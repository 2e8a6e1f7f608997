-- +goose Up

-- What is left of a visit of a patient without a plan, some time after it ended (package alerts, Digest): that a message about it which comes again is
-- known. name stands for the organisation and its number of the visit (HMAC-SHA-256 under a key of this database, 128 bits); nothing is kept of the
-- patient. arrived is the hour; gone is when it was made.
CREATE TABLE visit_digest (
    name         BYTEA  NOT NULL PRIMARY KEY,
    id           TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    warning      TEXT   NOT NULL,
    marks        TEXT   NOT NULL,
    stamps       TEXT   NOT NULL,
    arrived      BIGINT,
    gone         BIGINT NOT NULL
);
CREATE INDEX visit_digest_gone ON visit_digest (gone);

-- How far a run has come in a class of what is purged (package retention); no row where it came to the end.
CREATE TABLE purged (
    class TEXT NOT NULL PRIMARY KEY,
    up_to TEXT NOT NULL
);

-- +goose Down
DROP TABLE purged;
DROP TABLE visit_digest;
