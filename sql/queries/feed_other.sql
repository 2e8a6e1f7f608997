-- A plan that came through one feed is not changed by another.
SELECT feed FROM feed_item WHERE plan = :plan AND plan <> '' AND feed <> :feed LIMIT 1
