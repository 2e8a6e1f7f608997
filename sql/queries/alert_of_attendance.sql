-- Every alert of an attendance, in any state: one that was withdrawn is raised again, not a second time.
SELECT a.id, a.attendance, a.plan, a.version, a.centre, a.department, a.match, a.reason, a.urgency, a.state, a.state_reason, a.raised,
       a.acknowledged_at, a.acknowledged_by, a.acknowledged_role, a.acknowledged_org, a.acknowledged_version, a.acknowledged_done, a.acknowledged_screen, a.handed_to, a.handed_by, a.handed_role, a.handed_org, a.handed_at,
       a.show, a.also, a.whereabouts, a.recalled_at, a.recall_version, a.recall_seen_at
FROM alert a WHERE a.attendance = :attendance
