-- The account with a name.
SELECT id, name, full_name, role, organisation, department, further, provider, subject, password, secret, step, disabled, created FROM account WHERE name = :name
