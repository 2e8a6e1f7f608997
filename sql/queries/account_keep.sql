-- What changed of an account.
UPDATE account SET name = :name, full_name = :full_name, role = :role, organisation = :organisation, department = :department,
    further = :further, password = :password, secret = :secret, step = :step, disabled = :disabled
WHERE id = :id
