-- Keeps a new account. No row changes if somebody has the name.
INSERT INTO account (id, name, full_name, role, organisation, department, further, provider, subject, password, secret, step, disabled, created)
VALUES (:id, :name, :full_name, :role, :organisation, :department, :further, :provider, :subject, :password, :secret, :step, :disabled, :created)
ON CONFLICT (name) DO NOTHING
