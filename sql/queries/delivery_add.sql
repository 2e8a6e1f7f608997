-- Something is to be sent for a step.
INSERT INTO delivery (alert, step, channel, due, ends, holder, until, token, outcome) VALUES (:alert, :step, :channel, :due, :ends, '', NULL, 0, '')
