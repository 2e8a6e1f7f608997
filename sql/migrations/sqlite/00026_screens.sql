-- +goose Up

-- Receipts, once each, now with the screen that gave them: '' if it has no name.
CREATE TABLE receipt_of_screen (
    alert        TEXT   NOT NULL REFERENCES alert (id),
    version      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    screen       TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (alert, version, kind, actor, screen)
) WITHOUT ROWID;
INSERT INTO receipt_of_screen (alert, version, kind, actor, screen, role, organisation, at)
SELECT alert, version, kind, actor, '', role, organisation, at FROM receipt;
DROP TABLE receipt;
ALTER TABLE receipt_of_screen RENAME TO receipt;

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
CREATE TABLE receipt_of_actor (
    alert        TEXT   NOT NULL REFERENCES alert (id),
    version      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    role         TEXT   NOT NULL DEFAULT '',
    organisation TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (alert, version, kind, actor)
) WITHOUT ROWID;
INSERT INTO receipt_of_actor (alert, version, kind, actor, at, role, organisation)
SELECT alert, version, kind, actor, MIN(at), MIN(role), MIN(organisation) FROM receipt GROUP BY alert, version, kind, actor;
DROP TABLE receipt;
ALTER TABLE receipt_of_actor RENAME TO receipt;
