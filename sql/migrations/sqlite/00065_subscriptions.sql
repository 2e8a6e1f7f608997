-- +goose Up

-- What people want to be told (package subscribers/subscriptions). person is empty for a team's, which people (names of accounts, JSON) are told by; name is
-- sealed, since it may name a patient; wanted is the rest of it, as JSON.
CREATE TABLE subscription (
    id           TEXT   NOT NULL PRIMARY KEY,
    revision     BIGINT NOT NULL,
    person       TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    wanted       TEXT   NOT NULL,
    people       TEXT   NOT NULL,
    changed_by   TEXT   NOT NULL,
    changed      BIGINT NOT NULL
);
CREATE INDEX subscription_person ON subscription (person, role, organisation) WHERE person <> '';
CREATE INDEX subscription_team ON subscription (organisation) WHERE person = '';

-- Lists of plans that somebody keeps; the name of a list, and what its owner calls a plan on it, are sealed.
CREATE TABLE plan_list (
    id           TEXT   NOT NULL PRIMARY KEY,
    revision     BIGINT NOT NULL,
    person       TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    changed      BIGINT NOT NULL
);
CREATE INDEX plan_list_person ON plan_list (person, role, organisation);
CREATE TABLE plan_list_item (
    list  TEXT   NOT NULL REFERENCES plan_list (id),
    place BIGINT NOT NULL,
    plan  TEXT   NOT NULL,
    label TEXT   NOT NULL,
    PRIMARY KEY (list, plan)
);
-- "On which lists is a plan that goes?"
CREATE INDEX plan_list_item_plan ON plan_list_item (plan);

-- +goose Down
DROP TABLE plan_list_item;
DROP TABLE plan_list;
DROP TABLE subscription;
