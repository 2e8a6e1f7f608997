-- +goose Up

-- Receipts, once each, now with the screen that gave them: '' if it has no name.
ALTER TABLE receipt ADD COLUMN screen TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt DROP CONSTRAINT receipt_pkey;
ALTER TABLE receipt ADD PRIMARY KEY (alert, version, kind, actor, screen);

-- How many screens of a department a node holds open, and how many of these somebody can see. What a node says counts until an instant.
CREATE TABLE screens (
    node       TEXT   NOT NULL,
    department TEXT   NOT NULL,
    connected  BIGINT NOT NULL,
    visible    BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    PRIMARY KEY (node, department)
);

-- Whether somebody can see a department's board, as the journal says it last, and since when.
CREATE TABLE board_seen (
    department TEXT    NOT NULL PRIMARY KEY,
    watched    BOOLEAN NOT NULL,
    since      BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE board_seen;
DROP TABLE screens;
DELETE FROM receipt r USING receipt other
WHERE r.alert = other.alert AND r.version = other.version AND r.kind = other.kind AND r.actor = other.actor AND r.screen > other.screen;
ALTER TABLE receipt DROP CONSTRAINT receipt_pkey;
ALTER TABLE receipt ADD PRIMARY KEY (alert, version, kind, actor);
ALTER TABLE receipt DROP COLUMN screen;
