-- What was put aside of the feeds, to be sealed (again).
SELECT feed, id, resource FROM feed_item WHERE (feed, id) > (:after, :after_id) AND resource IS NOT NULL ORDER BY feed, id LIMIT :most /*postgres FOR UPDATE */
