-- +goose Up

-- How far the escalation of each alert has come (package subscribers/escalation). first is how many steps were taken before it began anew, taken
-- how many since; wait is in microseconds. due is NULL once it is over, and settled says why; alarmed is since when it is an alarm.
CREATE TABLE escalation (
    alert      TEXT   NOT NULL PRIMARY KEY REFERENCES alert (id),
    department TEXT   NOT NULL,
    first      BIGINT NOT NULL,
    taken      BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    wait       BIGINT NOT NULL,
    due        BIGINT,
    settled    TEXT   NOT NULL,
    alarmed    BIGINT
);
CREATE INDEX escalation_due ON escalation (due) WHERE due IS NOT NULL;
CREATE INDEX escalation_alarmed ON escalation (department) WHERE alarmed IS NOT NULL;

-- Each step that was taken, once, with the reason. Rows are never changed or deleted. tells is false where nobody could be told.
CREATE TABLE escalation_step (
    alert  TEXT    NOT NULL REFERENCES alert (id),
    step   BIGINT  NOT NULL,
    name   TEXT    NOT NULL,
    whom   TEXT    NOT NULL,
    rota   TEXT    NOT NULL,
    person TEXT    NOT NULL,
    tells  BOOLEAN NOT NULL,
    reason TEXT    NOT NULL,
    at     BIGINT  NOT NULL,
    PRIMARY KEY (alert, step)
);

-- What is to be sent for a step, written with it. A node claims it until an instant and sends; token tells its claim from later ones. due is NULL
-- once it was sent or given up, as outcome says; it is tried no longer than until ends.
CREATE TABLE delivery (
    alert   TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    channel TEXT   NOT NULL,
    due     BIGINT,
    ends    BIGINT NOT NULL,
    holder  TEXT   NOT NULL,
    until   BIGINT,
    token   BIGINT NOT NULL,
    outcome TEXT   NOT NULL,
    PRIMARY KEY (alert, step, channel),
    FOREIGN KEY (alert, step) REFERENCES escalation_step (alert, step)
);
CREATE INDEX delivery_due ON delivery (due) WHERE due IS NOT NULL;

-- Each try of a delivery, and what came of it.
CREATE TABLE delivery_try (
    alert   TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    channel TEXT   NOT NULL,
    token   BIGINT NOT NULL,
    node    TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (alert, step, channel, token)
);

-- +goose Down
DROP TABLE delivery_try;
DROP TABLE delivery;
DROP TABLE escalation_step;
DROP TABLE escalation;
