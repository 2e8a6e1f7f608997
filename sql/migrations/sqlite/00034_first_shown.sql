-- +goose Up

-- The version of the plan with which an alert first came before a department: what changed since then is told with the newest one. Of alerts
-- from before this, it is the version that they have now.
ALTER TABLE alert_shown ADD COLUMN first_version BIGINT NOT NULL DEFAULT 0;
UPDATE alert_shown SET first_version = version;

-- Whom each version was for, as JSON: an earlier one may have been for fewer people than the newest is. Unknown of versions from before this:
-- those are not shown beside a newer one.
ALTER TABLE plan_version ADD COLUMN restriction TEXT;

-- +goose Down
ALTER TABLE plan_version DROP COLUMN restriction;
ALTER TABLE alert_shown DROP COLUMN first_version;
