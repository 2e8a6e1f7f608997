-- What a comparison did not show. It is asked once a day, in pages, over the feed's whole part of the primary key.
SELECT id, version, updated, hash, plan, state, reason, walk, noticed FROM feed_item
WHERE feed = :feed AND id > :after AND walk <> :walk AND plan <> '' AND state <> 'gone' ORDER BY id LIMIT :limit
