-- The alert as it was decided or answered now; its history is in the journal.
UPDATE alert SET version = :version, centre = :centre, department = :department, match = :match, reason = :reason, urgency = :urgency, open = :open,
       state = :state, state_reason = :state_reason, raised = :raised, acknowledged_at = :acknowledged_at, acknowledged_by = :acknowledged_by,
       acknowledged_role = :acknowledged_role, acknowledged_org = :acknowledged_org, acknowledged_version = :acknowledged_version,
       acknowledged_done = :acknowledged_done, acknowledged_screen = :acknowledged_screen, handed_to = :handed_to, handed_by = :handed_by, handed_role = :handed_role, handed_org = :handed_org, handed_at = :handed_at,
       show = :show, also = :also, whereabouts = :whereabouts, recalled_at = :recalled_at, recall_version = :recall_version, recall_seen_at = :recall_seen_at, on_board = :on_board
WHERE id = :id
