-- Whether somebody can see a board, from now on; no row changes if that is what was kept last.
INSERT INTO board_seen (department, watched, since) VALUES (:department, :watched, :since)
ON CONFLICT (department) DO UPDATE SET watched = excluded.watched, since = excluded.since WHERE board_seen.watched <> excluded.watched
