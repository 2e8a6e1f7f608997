-- Keeps what somebody said about an alert.
INSERT INTO talk (id, alert, plan, version, centre, department, kind, answers, text, actor, role, organisation, at, open, read_at)
VALUES (:id, :alert, :plan, :version, :centre, :department, :kind, :answers, :text, :actor, :role, :organisation, :at, :open, :read_at)
