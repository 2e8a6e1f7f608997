-- +goose Up

-- Who is in a department is found by NHS number in the writer's memory, too (presence.go): the index was a page at random for every arrival, and
-- most of what an arrival wrote to the log. "Everybody who is here" is read by an index whose entries are short, and added at its end.
DROP INDEX attendance_open_patient;
CREATE INDEX attendance_open ON attendance (open) WHERE open;

-- +goose Down
DROP INDEX attendance_open;
CREATE INDEX attendance_open_patient ON attendance (nhs_number) WHERE open;
