-- +goose Up

-- What else than role, organisation and department somebody may work as: a JSON list of such. provider is the issuer that vouches for somebody who
-- has no password here, subject what it calls them; both '' for accounts of the service's own.
ALTER TABLE account ADD COLUMN further TEXT NOT NULL DEFAULT '[]';
ALTER TABLE account ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_subject ON account (provider, subject) WHERE subject <> '';

-- As what somebody works in a session; role is '' until they chose. provider, subject and sid are what the provider calls the person and its own
-- session, hint the ID token, which it asks for when somebody signs out; all '' where it was no provider.
ALTER TABLE session ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN sid TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN hint TEXT NOT NULL DEFAULT '';
CREATE INDEX session_provider ON session (provider, subject, sid) WHERE provider <> '';
UPDATE session SET
    role = COALESCE((SELECT account.role FROM account WHERE account.id = session.person), ''),
    organisation = COALESCE((SELECT account.organisation FROM account WHERE account.id = session.person), ''),
    department = COALESCE((SELECT account.department FROM account WHERE account.id = session.person), '');

-- +goose Down
DROP INDEX session_provider;
ALTER TABLE session DROP COLUMN hint;
ALTER TABLE session DROP COLUMN sid;
ALTER TABLE session DROP COLUMN subject;
ALTER TABLE session DROP COLUMN provider;
ALTER TABLE session DROP COLUMN department;
ALTER TABLE session DROP COLUMN organisation;
ALTER TABLE session DROP COLUMN role;
DROP INDEX account_subject;
ALTER TABLE account DROP COLUMN subject;
ALTER TABLE account DROP COLUMN provider;
ALTER TABLE account DROP COLUMN further;
