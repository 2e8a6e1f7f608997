-- +goose Up

-- The assertions with which systems signed in, each of which counts once on all nodes: the SHA-256 of its jti, until it has expired.
CREATE TABLE assertion_used (
    client TEXT NOT NULL,
    id TEXT NOT NULL,
    ends BIGINT NOT NULL,
    PRIMARY KEY (client, id)
);
CREATE INDEX assertion_used_ends ON assertion_used (ends);

-- +goose Down
DROP TABLE assertion_used;
