-- +goose Up

-- What the service notes about the database itself, one fact a row: epoch, identity, probe.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- The number and hash of the newest journal entry, one row. It is updated in the transaction that writes the entry, so numbers have no
-- gaps and are in the order of the commits: a reader of "number > position" never passes over an entry still to be committed.
-- Room is left on its page for new versions of the row, so that an update touches no index.
CREATE TABLE journal_head (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number BIGINT  NOT NULL,
    hash   BYTEA   NOT NULL
) WITH (fillfactor = 10);
INSERT INTO journal_head (id, number, hash) VALUES (1, 0, ''::bytea);

-- +goose Down
DROP TABLE journal_head;
DROP TABLE meta;
