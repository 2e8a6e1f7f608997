-- +goose Up

-- How far each server that is followed was read. Instants are microseconds since 1970 UTC.
CREATE TABLE feed (
    name          TEXT    NOT NULL PRIMARY KEY,
    since         BIGINT,
    walk          BIGINT  NOT NULL,
    next          TEXT    NOT NULL,
    until         BIGINT,
    comparing     BOOLEAN NOT NULL,
    wait          BIGINT,
    completed     BIGINT,
    compared      BIGINT,
    failing       TEXT    NOT NULL,
    failing_since BIGINT
);

-- What became of each resource of those servers: its newest version that was read. plan is the id under which it is held here, '' if it
-- never was; resource is what was put aside.
CREATE TABLE feed_item (
    feed     TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    version  TEXT   NOT NULL,
    updated  BIGINT,
    hash     BYTEA  NOT NULL,
    plan     TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    walk     BIGINT NOT NULL,
    noticed  BIGINT NOT NULL,
    resource BYTEA,
    PRIMARY KEY (feed, id)
);
CREATE INDEX feed_item_state ON feed_item (feed, state);
CREATE INDEX feed_item_plan ON feed_item (plan) WHERE plan <> '';

-- +goose Down
DROP TABLE feed_item;
DROP TABLE feed;
