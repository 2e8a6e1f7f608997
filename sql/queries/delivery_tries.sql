-- The tries of all deliveries for an alert, in order.
SELECT t.step, t.contact, t.channel, t.token, t.node, t.outcome, t.at
FROM delivery_try t LEFT JOIN delivery d ON d.alert = t.alert AND d.step = t.step AND d.contact = t.contact
WHERE t.alert = :alert ORDER BY t.step, d.place, t.contact, t.token
