-- Whether anything that could matter to subscriptions follows an entry.
SELECT number FROM journal WHERE number > :number AND number <= :up_to AND (kind LIKE 'alert.%' OR kind IN ('question.asked', 'plan.disputed', 'outcome.given', 'outcome.corrected', 'reviews.due')) ORDER BY number LIMIT 1
