-- One node at a time writes this: the one with the lease.
INSERT INTO feed (name, since, walk, next, until, comparing, wait, completed, compared, failing, failing_since)
VALUES (:name, :since, :walk, :next, :until, :comparing, :wait, :completed, :compared, :failing, :failing_since)
ON CONFLICT (name) DO UPDATE SET since = excluded.since, walk = excluded.walk, next = excluded.next, until = excluded.until,
    comparing = excluded.comparing, wait = excluded.wait, completed = excluded.completed, compared = excluded.compared,
    failing = excluded.failing, failing_since = excluded.failing_since
