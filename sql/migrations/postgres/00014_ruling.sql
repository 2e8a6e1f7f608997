-- +goose Up

-- What a person said, last, about whether an attendance and a plan are about the same patient: answer is 'same' or 'other'. seen is what
-- the person saw of how the two compare, as JSON; nothing of either of them is in it.
CREATE TABLE ruling (
    attendance   TEXT   NOT NULL REFERENCES attendance (id),
    plan         TEXT   NOT NULL REFERENCES plan (id),
    answer       TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    seen         TEXT   NOT NULL,
    PRIMARY KEY (attendance, plan)
);

-- +goose Down
DROP TABLE ruling;
