-- A change waits for a second person.
INSERT INTO proposal (id, subject, text, hash, summary, by_name, by_role, by_org, at, until, state, decided_name, decided_role, decided_org, decided_at, words, moved)
VALUES (:id, :subject, :text, :hash, :summary, :by_name, :by_role, :by_org, :at, :until, :state, :decided_name, :decided_role, :decided_org, :decided_at, :words, :moved)
