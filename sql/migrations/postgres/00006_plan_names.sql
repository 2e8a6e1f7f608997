-- +goose Up

-- What a centre itself calls its plans, for those who ask by identifier. Several plans may have the same one: a centre that writes a plan
-- under an id of its own says which plan it means.
CREATE TABLE plan_identifier (
    centre TEXT NOT NULL,
    value  TEXT NOT NULL,
    system TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (centre, value, system, id)
);
CREATE INDEX plan_identifier_plan ON plan_identifier (id);

-- The resources that came along with the newest version of a plan under ids of their own.
CREATE TABLE plan_part (
    centre TEXT NOT NULL,
    type   TEXT NOT NULL,
    part   TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (centre, type, part, id)
);
CREATE INDEX plan_part_plan ON plan_part (id);

-- Every version in the order of the commits: number is that of the journal entry that tells of it. A reader of "number > position" never
-- passes over a version still to be committed; at, the time at which it was received, cannot promise that and only helps to find it.
CREATE TABLE plan_change (
    number  BIGINT NOT NULL PRIMARY KEY,
    centre  TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX plan_change_version ON plan_change (id, version);
CREATE INDEX plan_change_centre ON plan_change (centre, number);
CREATE INDEX plan_change_time ON plan_change (centre, at, number);
INSERT INTO plan_change (number, centre, id, version, at)
SELECT MIN(journal.number), plan.centre, plan.id, journal.version, v.published
FROM journal JOIN plan ON plan.id = journal.subject JOIN plan_version v ON v.id = journal.subject AND v.version = journal.version
WHERE journal.kind IN ('plan.published', 'plan.revised', 'plan.withdrawn')
GROUP BY plan.centre, plan.id, journal.version, v.published;

-- +goose Down
DROP TABLE plan_change;
DROP TABLE plan_part;
DROP TABLE plan_identifier;
