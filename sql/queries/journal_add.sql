-- One fact. It is never changed.
INSERT INTO journal (number, at, kind, actor, role, actor_org, room, before, subject, version, reason, place, previous, hash)
VALUES (:number, :at, :kind, :actor, :role, :actor_org, :room, :before, :subject, :version, :reason, :place, :previous, :hash)
