-- +goose Up

-- Files of a draft, each sent once and found by its hash. They go with the draft: what is published has them in the plan's document.
CREATE TABLE draft_file (
    draft   TEXT   NOT NULL,
    sha256  TEXT   NOT NULL,
    type    TEXT   NOT NULL,
    bytes   BIGINT NOT NULL,
    content BLOB   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (draft, sha256)
);

-- +goose Down
DROP TABLE draft_file;
