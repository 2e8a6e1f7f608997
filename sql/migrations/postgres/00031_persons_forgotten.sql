-- +goose Up

-- "Of which records of people was nothing heard for days?" Their names among the visits begin with the control character 31.
CREATE INDEX attendance_person ON attendance (changed, id) WHERE ASCII(visit) = 31;
-- "Does a visit rest on this record?"
CREATE INDEX attendance_rests_number ON attendance (organisation, hospital_number) WHERE records <> '';
CREATE INDEX attendance_rests_nhs ON attendance (organisation, nhs_number) WHERE records <> '';

-- +goose Down
DROP INDEX attendance_rests_nhs;
DROP INDEX attendance_rests_number;
DROP INDEX attendance_person;
