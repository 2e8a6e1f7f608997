-- +goose Up

-- What is to be sent for a step, written with it, to each contact point of the person: place is their order. contact is the id of a contact point,
-- 'file' for the mail address of the file, or 'operations'. The next one is told at once where one failed. A node claims it until an instant and
-- sends; token tells its claim from later ones. due is NULL once it was sent or given up, as outcome says; it is tried no longer than until ends.
CREATE TABLE delivery_to (
    alert   TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    contact TEXT   NOT NULL,
    channel TEXT   NOT NULL,
    place   BIGINT NOT NULL,
    due     BIGINT,
    ends    BIGINT NOT NULL,
    holder  TEXT   NOT NULL,
    until   BIGINT,
    token   BIGINT NOT NULL,
    outcome TEXT   NOT NULL,
    PRIMARY KEY (alert, step, contact),
    FOREIGN KEY (alert, step) REFERENCES escalation_step (alert, step)
);
INSERT INTO delivery_to (alert, step, contact, channel, place, due, ends, holder, until, token, outcome)
SELECT alert, step, CASE channel WHEN 'mail' THEN 'file' ELSE channel END, channel, 1, due, ends, holder, until, token, outcome FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_to RENAME TO delivery;
CREATE INDEX delivery_due ON delivery (due) WHERE due IS NOT NULL;

CREATE TABLE delivery_tried (
    alert   TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    contact TEXT   NOT NULL,
    token   BIGINT NOT NULL,
    channel TEXT   NOT NULL,
    node    TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (alert, step, contact, token)
);
INSERT INTO delivery_tried (alert, step, contact, token, channel, node, outcome, at)
SELECT alert, step, CASE channel WHEN 'mail' THEN 'file' ELSE channel END, token, channel, node, outcome, at FROM delivery_try;
DROP TABLE delivery_try;
ALTER TABLE delivery_tried RENAME TO delivery_try;

-- +goose Down
CREATE TABLE delivery_to (
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
INSERT INTO delivery_to (alert, step, channel, due, ends, holder, until, token, outcome)
SELECT alert, step, channel, due, ends, holder, until, token, outcome FROM delivery WHERE true
ON CONFLICT (alert, step, channel) DO NOTHING;
DROP TABLE delivery;
ALTER TABLE delivery_to RENAME TO delivery;
CREATE INDEX delivery_due ON delivery (due) WHERE due IS NOT NULL;
CREATE TABLE delivery_tried (
    alert   TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    channel TEXT   NOT NULL,
    token   BIGINT NOT NULL,
    node    TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (alert, step, channel, token)
);
INSERT INTO delivery_tried (alert, step, channel, token, node, outcome, at)
SELECT alert, step, channel, token, node, outcome, at FROM delivery_try WHERE true
ON CONFLICT (alert, step, channel, token) DO NOTHING;
DROP TABLE delivery_try;
ALTER TABLE delivery_tried RENAME TO delivery_try;
