-- +goose Up

-- Which departments had the text of a plan before them, in which version at last: those who are told if it is recalled.
CREATE TABLE alert_shown (
    alert      TEXT   NOT NULL REFERENCES alert (id),
    department TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (alert, department)
);
INSERT INTO alert_shown (alert, department, version)
SELECT j.subject, j.room, MAX(j.version) FROM journal j JOIN alert a ON a.id = j.subject
WHERE j.kind IN ('alert.raised', 'alert.updated') AND j.room <> '' AND j.reason = 'NHS number and date of birth agree'
GROUP BY j.subject, j.room;

-- Recalls in departments that the patient had left by then; the recall where the patient is stands with the alert. version withdrew the plan.
CREATE TABLE recall (
    alert      TEXT   NOT NULL REFERENCES alert (id),
    department TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    shown      BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    seen_at    BIGINT,
    PRIMARY KEY (alert, department)
);
CREATE INDEX recall_unseen ON recall (department) WHERE seen_at IS NULL;

-- Who has seen them.
CREATE TABLE recall_seen (
    alert        TEXT   NOT NULL REFERENCES alert (id),
    department   TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (alert, department, version, actor)
);

-- +goose Down
DROP TABLE recall_seen;
DROP TABLE recall;
DROP TABLE alert_shown;
