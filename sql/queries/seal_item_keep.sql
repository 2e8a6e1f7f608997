-- What was put aside, sealed (again).
UPDATE feed_item SET resource = :resource WHERE feed = :feed AND id = :id
