-- Every alert on a board, with the visit that it belongs to. Recalls are among them; the caller leaves them out.
SELECT a.id AS "alert.id", a.attendance AS "alert.attendance", a.plan AS "alert.plan", a.version AS "alert.version",
       a.centre AS "alert.centre", a.department AS "alert.department", a.match AS "alert.match", a.reason AS "alert.reason",
       a.urgency AS "alert.urgency", a.state AS "alert.state", a.state_reason AS "alert.state_reason", a.raised AS "alert.raised",
       a.acknowledged_at AS "alert.acknowledged_at", a.acknowledged_by AS "alert.acknowledged_by",
       a.acknowledged_role AS "alert.acknowledged_role", a.acknowledged_org AS "alert.acknowledged_org",
       a.acknowledged_version AS "alert.acknowledged_version", a.acknowledged_done AS "alert.acknowledged_done", a.acknowledged_screen AS "alert.acknowledged_screen", a.handed_to AS "alert.handed_to", a.handed_by AS "alert.handed_by", a.handed_role AS "alert.handed_role", a.handed_org AS "alert.handed_org", a.handed_at AS "alert.handed_at",
       a.show AS "alert.show", a.also AS "alert.also", a.whereabouts AS "alert.whereabouts", a.recalled_at AS "alert.recalled_at", a.recall_version AS "alert.recall_version", a.recall_seen_at AS "alert.recall_seen_at",
       t.organisation, t.visit, t.patient
FROM alert a JOIN attendance t ON t.id = a.attendance WHERE a.on_board
