-- +goose Up

-- What every message writes stands in one row and few indexes: the tables beside the visit cost more than the visit itself.

-- By what somebody in a department is found who is like the patient of a plan (package matching, Traits): the day of birth, the two names, the
-- postcode, each as 64 bits of a hash; NULL for what is not known. Everybody is given theirs when the service starts.
ALTER TABLE attendance ADD COLUMN born_key BIGINT;
ALTER TABLE attendance ADD COLUMN names_key BIGINT;
ALTER TABLE attendance ADD COLUMN post_key BIGINT;
CREATE INDEX attendance_open_born ON attendance (born_key) WHERE open;
CREATE INDEX attendance_open_names ON attendance (names_key) WHERE open;
CREATE INDEX attendance_open_post ON attendance (post_key) WHERE open;
DROP TABLE attendance_key;

-- When the visit was last looked at for plans, in which department, and what was found (package alerts, Found); NULL if it never was. plans_to
-- is when the newest plan was received among those that were looked through.
ALTER TABLE attendance ADD COLUMN looked_department TEXT;
ALTER TABLE attendance ADD COLUMN arrived BIGINT;
ALTER TABLE attendance ADD COLUMN checked BIGINT;
ALTER TABLE attendance ADD COLUMN plans_to BIGINT;
ALTER TABLE attendance ADD COLUMN found TEXT;
UPDATE attendance SET (looked_department, arrived, checked, plans_to, found) =
    (SELECT r.department, r.arrived, r.checked, r.plans_to, r.found FROM arrival r WHERE r.attendance = attendance.id)
WHERE id IN (SELECT attendance FROM arrival);
DROP TABLE arrival;
-- "Who arrived here today?"
CREATE INDEX attendance_day ON attendance (looked_department, arrived, id) WHERE looked_department IS NOT NULL;

-- +goose Down
CREATE TABLE arrival (
    attendance TEXT   NOT NULL PRIMARY KEY REFERENCES attendance (id),
    department TEXT   NOT NULL,
    arrived    BIGINT NOT NULL,
    checked    BIGINT NOT NULL,
    plans_to   BIGINT,
    found      TEXT   NOT NULL
) WITHOUT ROWID;
CREATE INDEX arrival_day ON arrival (department, arrived, attendance);
INSERT INTO arrival (attendance, department, arrived, checked, plans_to, found)
SELECT id, looked_department, arrived, checked, plans_to, found FROM attendance WHERE looked_department IS NOT NULL AND arrived IS NOT NULL;
DROP INDEX attendance_day;
ALTER TABLE attendance DROP COLUMN found;
ALTER TABLE attendance DROP COLUMN plans_to;
ALTER TABLE attendance DROP COLUMN checked;
ALTER TABLE attendance DROP COLUMN arrived;
ALTER TABLE attendance DROP COLUMN looked_department;

CREATE TABLE attendance_key (
    key        BIGINT NOT NULL,
    attendance TEXT   NOT NULL,
    PRIMARY KEY (key, attendance)
) WITHOUT ROWID;
DROP INDEX attendance_open_post;
DROP INDEX attendance_open_names;
DROP INDEX attendance_open_born;
ALTER TABLE attendance DROP COLUMN post_key;
ALTER TABLE attendance DROP COLUMN names_key;
ALTER TABLE attendance DROP COLUMN born_key;
