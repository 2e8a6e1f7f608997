-- +goose Up

-- When each visit was last looked at for plans, and what was found (package alerts, Found). plans_to is when the newest plan was received
-- among those that were looked through. It stands beside the visit, not in it: it changes when nothing of the visit does.
CREATE TABLE arrival (
    attendance TEXT   NOT NULL PRIMARY KEY REFERENCES attendance (id),
    department TEXT   NOT NULL,
    arrived    BIGINT NOT NULL,
    checked    BIGINT NOT NULL,
    plans_to   BIGINT,
    found      TEXT   NOT NULL
) WITHOUT ROWID;
-- "Who arrived here today?"
CREATE INDEX arrival_day ON arrival (department, arrived, attendance);

-- "Which alerts did this department have lately?"
CREATE INDEX alert_raised ON alert (department, raised);
-- "What happened to this alert?"
CREATE INDEX journal_alert ON journal (subject, number) WHERE room <> '';

-- +goose Down
DROP INDEX journal_alert;
DROP INDEX alert_raised;
DROP TABLE arrival;
