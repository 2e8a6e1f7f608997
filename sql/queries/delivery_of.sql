-- What was and is to be sent about an alert, with what the owners of the contact points call them.
SELECT d.step, d.contact, d.channel, d.place, d.due, d.ends, d.outcome, COALESCE(c.label, '') AS label
FROM delivery d LEFT JOIN contact c ON c.id = d.contact WHERE d.alert = :alert ORDER BY d.step, d.place
