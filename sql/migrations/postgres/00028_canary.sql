-- +goose Up

-- When the canary last came through to each department, and when a screen there last showed it. It is no patient's: nothing else is kept of it.
CREATE TABLE canary (
    department TEXT   NOT NULL PRIMARY KEY,
    passed     BIGINT NOT NULL,
    displayed  BIGINT
);

-- +goose Down
DROP TABLE canary;
