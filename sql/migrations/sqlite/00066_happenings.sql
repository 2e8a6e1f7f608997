-- +goose Up

-- How far the journal was compared with what people subscribed to, and since when happenings are kept. One row.
CREATE TABLE routed (
    id     BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    since  BIGINT NOT NULL
);
INSERT INTO routed (id, number, since) SELECT 1, COALESCE(MAX(number), 0), CAST(strftime('%s', 'now') AS INTEGER) * 1000000 FROM journal;

-- How each alert stood then, so that it is known what has happened to it since.
CREATE TABLE alert_routed (
    alert      TEXT    NOT NULL PRIMARY KEY REFERENCES alert (id),
    department TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    open       BOOLEAN NOT NULL,
    answered   BOOLEAN NOT NULL,
    admitted   BOOLEAN NOT NULL,
    recalled   BOOLEAN NOT NULL
);
INSERT INTO alert_routed (alert, department, version, open, answered, admitted, recalled)
SELECT a.id, a.department, a.version, a.open, a.open AND a.state = 'acknowledged', t.state = 'admitted',
       a.recalled_at IS NOT NULL OR EXISTS (SELECT 1 FROM recall r WHERE r.alert = a.id)
FROM alert a JOIN attendance t ON t.id = a.attendance;

-- What happened to alerts and plans. alert is empty for what is about a plan only; came_from is the department that a patient who moved was in.
CREATE TABLE happening (
    id           TEXT   NOT NULL PRIMARY KEY,
    event        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    alert        TEXT   NOT NULL,
    plan         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    centre       TEXT   NOT NULL,
    categories   TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    came_from    TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    urgency      TEXT   NOT NULL
);
-- "What would that have told in the last 30 days?"
CREATE INDEX happening_organisation ON happening (organisation, at);
CREATE INDEX happening_centre ON happening (centre, at);
CREATE INDEX happening_alert ON happening (alert);
CREATE INDEX happening_plan ON happening (plan, event);

-- Who is told of it, in which post, and what came of that. A node claims it until an instant and tells; token tells its claim from later ones. next is
-- NULL once it was told or given up, as state says; it is tried no longer than until ends.
CREATE TABLE telling (
    happening    TEXT   NOT NULL REFERENCES happening (id),
    person       TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    subscription TEXT   NOT NULL,
    due          BIGINT NOT NULL,
    ends         BIGINT NOT NULL,
    next         BIGINT,
    holder       TEXT   NOT NULL,
    until        BIGINT,
    token        BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    words        TEXT   NOT NULL,
    PRIMARY KEY (happening, person)
);
CREATE INDEX telling_next ON telling (next) WHERE next IS NOT NULL;
CREATE INDEX telling_person ON telling (person, due);

-- +goose Down
DROP TABLE telling;
DROP TABLE happening;
DROP TABLE alert_routed;
DROP TABLE routed;
