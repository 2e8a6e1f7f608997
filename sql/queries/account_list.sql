-- All accounts by name.
SELECT id, name, full_name, role, organisation, department, further, provider, subject, password, secret, step, disabled, created FROM account ORDER BY name
