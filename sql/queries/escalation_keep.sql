-- How far an escalation has come.
UPDATE escalation SET taken = :taken, since = :since, wait = :wait, due = :due, settled = :settled, alarmed = :alarmed WHERE alert = :alert
