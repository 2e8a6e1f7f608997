-- +goose Up

-- Under which keys a plan's patient is found, and whoever is in a department now (package matching). A key is 64 bits of a hash.
CREATE TABLE plan_key (
    key  BIGINT NOT NULL,
    plan TEXT   NOT NULL,
    PRIMARY KEY (key, plan)
) WITHOUT ROWID;
CREATE TABLE attendance_key (
    key        BIGINT NOT NULL,
    attendance TEXT   NOT NULL,
    PRIMARY KEY (key, attendance)
) WITHOUT ROWID;

-- Also those without a number are decided again, and proved.
DROP INDEX attendance_open_patient;
CREATE INDEX attendance_open_patient ON attendance (nhs_number) WHERE open;

-- +goose Down
DROP INDEX attendance_open_patient;
CREATE INDEX attendance_open_patient ON attendance (nhs_number) WHERE open AND nhs_number <> '';
DROP TABLE attendance_key;
DROP TABLE plan_key;
