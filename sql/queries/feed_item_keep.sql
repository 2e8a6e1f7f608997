-- The newest version that was read stands for its resource. The bytes of what was put aside are kept until it is taken after all; an item
-- that is only seen again comes without them.
INSERT INTO feed_item (feed, id, version, updated, hash, plan, state, reason, walk, noticed, resource)
VALUES (:feed, :id, :version, :updated, :hash, :plan, :state, :reason, :walk, :noticed, :resource)
ON CONFLICT (feed, id) DO UPDATE SET version = excluded.version, updated = excluded.updated, hash = excluded.hash, plan = excluded.plan,
    state = excluded.state, reason = excluded.reason, walk = excluded.walk, noticed = excluded.noticed,
    resource = COALESCE(excluded.resource, CASE WHEN excluded.state = 'aside' THEN feed_item.resource END)
