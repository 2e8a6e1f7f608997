-- One account.
SELECT id, name, full_name, role, organisation, department, password, secret, step, disabled, created FROM account WHERE id = :id
