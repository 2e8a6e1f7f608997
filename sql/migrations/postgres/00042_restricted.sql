-- +goose Up

-- People who are shown with more care because they asked for it here. name stands for the NHS number (HMAC-SHA-256 under a key of this database, 128 bits).
CREATE TABLE person_restricted (
    name  BYTEA  NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);

-- restricted is what holds of a plan's patient; restricted_own what its centre says, which holds again when nobody here restricts the person any more.
ALTER TABLE plan ADD COLUMN restricted_own BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE plan SET restricted_own = restricted WHERE restricted;

-- +goose Down
ALTER TABLE plan DROP COLUMN restricted_own;
DROP TABLE person_restricted;
