-- +goose Up

-- The feeds of hospitals that are listened to, and what is known of them (package silence, Model, as JSON). event and site are empty for a feed
-- as a whole. cursor is the newest minute that the model has learnt; looked, when somebody looked last.
CREATE TABLE hearing (
    feed         TEXT   NOT NULL PRIMARY KEY,
    organisation TEXT   NOT NULL,
    application  TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    site         TEXT   NOT NULL,
    cursor       BIGINT NOT NULL,
    looked       BIGINT,
    revision     BIGINT NOT NULL,
    model        TEXT   NOT NULL
);

-- What was heard of them in each minute, on all nodes together. Kept for about a day.
CREATE TABLE hearing_minute (
    feed     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    fresh    BIGINT NOT NULL,
    stale    BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    PRIMARY KEY (feed, at)
);

-- +goose Down
DROP TABLE hearing_minute;
DROP TABLE hearing;
