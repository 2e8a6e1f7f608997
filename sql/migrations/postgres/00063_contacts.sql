-- +goose Up

-- How people are reached (package subscribers). asked is how many codes and tests a person asked for since asked_since, NULL if none.
CREATE TABLE reached (
    person      TEXT   NOT NULL PRIMARY KEY,
    asked       BIGINT NOT NULL,
    asked_since BIGINT
);

-- The contact points of people, by the names of their accounts. label, address, secret and code are sealed. verified is NULL until the owner has
-- entered the code that was sent there, lost since when there is nobody any more.
CREATE TABLE contact (
    id         TEXT   NOT NULL PRIMARY KEY,
    person     TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    secret     TEXT   NOT NULL,
    place      BIGINT NOT NULL,
    quiet_from TEXT   NOT NULL,
    quiet_to   TEXT   NOT NULL,
    added      BIGINT NOT NULL,
    verified   BIGINT,
    lost       BIGINT,
    code       TEXT   NOT NULL,
    code_sent  BIGINT,
    code_until BIGINT,
    code_wrong BIGINT NOT NULL
);
CREATE INDEX contact_person ON contact (person, place);
CREATE INDEX contact_usable ON contact (person, place) WHERE verified IS NOT NULL AND lost IS NULL;

-- Servers that take messages and failed lately. One that answers has no row.
CREATE TABLE circuit (
    name   TEXT   NOT NULL PRIMARY KEY,
    failed BIGINT NOT NULL,
    until  BIGINT
);

-- Links by which somebody who was told of an alert answers it, once. Of a token only the SHA-256 is kept, in hexadecimal.
CREATE TABLE answer_link (
    hash    TEXT   NOT NULL PRIMARY KEY,
    alert   TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    until   BIGINT NOT NULL,
    used    BIGINT,
    used_by TEXT   NOT NULL
);
CREATE INDEX answer_link_alert ON answer_link (alert);

-- +goose Down
DROP TABLE answer_link;
DROP TABLE circuit;
DROP TABLE contact;
DROP TABLE reached;
