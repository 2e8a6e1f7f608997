-- Asked for every entry of a page: without the bytes of what was put aside.
SELECT id, version, updated, hash, plan, state, reason, walk, noticed FROM feed_item WHERE feed = :feed AND id = :id
