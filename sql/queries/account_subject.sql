-- The account of somebody whom a provider vouches for.
SELECT id, name, full_name, role, organisation, department, further, provider, subject, password, secret, step, disabled, created FROM account WHERE provider = :provider AND subject = :subject AND subject <> ''
