-- Something is to be sent for a step, to a contact point.
INSERT INTO delivery (alert, step, contact, channel, place, due, ends, holder, until, token, outcome)
VALUES (:alert, :step, :contact, :channel, :place, :due, :ends, '', NULL, 0, '')
