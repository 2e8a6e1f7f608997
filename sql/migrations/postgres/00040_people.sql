-- +goose Up

-- Who has an account. password is an argon2id hash, '' until the invitation was used and for screens; secret is that of the second factor, step
-- the last of its time steps that was used. disabled is NULL for those who may sign in.
CREATE TABLE account (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL UNIQUE,
    full_name    TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    password     TEXT   NOT NULL,
    secret       TEXT   NOT NULL,
    step         BIGINT NOT NULL,
    disabled     BIGINT,
    created      BIGINT NOT NULL
);

-- Links that were given away and not used. Of every token only the SHA-256 is kept, in hexadecimal: here, and in the tables below.
CREATE TABLE invitation (
    hash   TEXT   NOT NULL PRIMARY KEY,
    person TEXT   NOT NULL,
    first  BIGINT NOT NULL,
    secret TEXT   NOT NULL,
    until  BIGINT NOT NULL
);
CREATE INDEX invitation_person ON invitation (person);

-- Sign-ins that have not ended. idle is when one ends that is not used, ends when it ends in any case.
CREATE TABLE session (
    id     TEXT   NOT NULL PRIMARY KEY,
    hash   TEXT   NOT NULL UNIQUE,
    person TEXT   NOT NULL,
    begun  BIGINT NOT NULL,
    seen   BIGINT NOT NULL,
    idle   BIGINT NOT NULL,
    ends   BIGINT NOT NULL,
    agent  TEXT   NOT NULL,
    place  TEXT   NOT NULL
);
CREATE INDEX session_person ON session (person, begun);

-- How often it was tried to sign in to an account or from an address; key is a hash of which.
CREATE TABLE attempts (
    key    TEXT   NOT NULL PRIMARY KEY,
    failed BIGINT NOT NULL,
    since  BIGINT NOT NULL,
    until  BIGINT
);

-- Tickets of streams, each for one use.
CREATE TABLE ticket (
    hash    TEXT   NOT NULL PRIMARY KEY,
    session TEXT   NOT NULL,
    until   BIGINT NOT NULL
);

-- Screens that show a code. person is '' until somebody approved.
CREATE TABLE enrolment (
    hash   TEXT   NOT NULL PRIMARY KEY,
    code   TEXT   NOT NULL UNIQUE,
    person TEXT   NOT NULL,
    until  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE enrolment;
DROP TABLE ticket;
DROP TABLE attempts;
DROP TABLE session;
DROP TABLE invitation;
DROP TABLE account;
