-- Where a part is read: several plans of a patient may bring the same Patient along, and the last one received holds.
SELECT part.id
FROM plan_part part JOIN plan ON plan.id = part.id JOIN plan_change c ON c.id = plan.id AND c.version = plan.version
WHERE part.centre = :centre AND part.type = :type AND part.part = :part ORDER BY c.number DESC LIMIT 1
