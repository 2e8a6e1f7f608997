-- A feed that was never heard before.
INSERT INTO hearing (feed, organisation, application, event, site, cursor, looked, revision, model)
VALUES (:feed, :organisation, :application, :event, :site, 0, NULL, 0, '{}')
ON CONFLICT (feed) DO NOTHING
