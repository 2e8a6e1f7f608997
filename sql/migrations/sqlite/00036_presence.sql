-- +goose Up

-- Who is in a department is found in the writer's memory by these (presence.go). Each was written on a page of its own, at random, for every arrival.
DROP INDEX attendance_open_number;
DROP INDEX attendance_open_born;
DROP INDEX attendance_open_names;
DROP INDEX attendance_open_post;

-- +goose Down
CREATE INDEX attendance_open_number ON attendance (organisation, hospital_number) WHERE open;
CREATE INDEX attendance_open_born ON attendance (born_key) WHERE open;
CREATE INDEX attendance_open_names ON attendance (names_key) WHERE open;
CREATE INDEX attendance_open_post ON attendance (post_key) WHERE open;
