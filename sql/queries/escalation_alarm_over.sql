-- An alert that somebody answered after the alarm, or that is gone, is an alarm no longer.
UPDATE escalation SET alarmed = NULL, settled = 'the alarm is over'
WHERE alert = :alert AND alarmed IS NOT NULL AND EXISTS (SELECT 1 FROM alert a WHERE a.id = escalation.alert AND NOT (a.open AND a.state = 'raised'))
