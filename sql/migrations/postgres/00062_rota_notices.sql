-- +goose Up

-- What of the next eight weeks was told of each rota, so that it is told once: a time in which nobody is on, or somebody whom nothing reaches. It
-- goes when it is so no more.
CREATE TABLE rota_notice (
    rota TEXT   NOT NULL,
    what TEXT   NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (rota, what)
);

-- +goose Down
DROP TABLE rota_notice;
