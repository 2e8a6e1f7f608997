-- Each time that somebody asks whether the service is ready: the index answers it.
SELECT COUNT(*) FROM feed_item WHERE feed = :feed AND state = :state
