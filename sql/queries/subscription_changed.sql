-- Which subscriptions and lists changed after an entry.
SELECT DISTINCT subject FROM journal WHERE number > :number AND number <= :up_to AND kind IN ('subscription.kept', 'subscription.dropped', 'subscription.list_kept', 'subscription.list_dropped')
