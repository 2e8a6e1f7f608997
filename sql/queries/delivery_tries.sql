-- The tries of all deliveries for an alert, in order.
SELECT step, channel, token, node, outcome, at FROM delivery_try WHERE alert = :alert ORDER BY step, channel, token
