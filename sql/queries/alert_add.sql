-- An alert that was not held before. The key (attendance, plan) refuses a second one.
INSERT INTO alert (id, attendance, plan, version, centre, department, match, reason, urgency, open, state, state_reason, raised,
                   acknowledged_at, acknowledged_by, acknowledged_role, acknowledged_org, acknowledged_version, acknowledged_done, acknowledged_screen, handed_to, handed_by, handed_role, handed_org, handed_at,
                   show, also, whereabouts, recalled_at, recall_version, recall_seen_at, on_board)
VALUES (:id, :attendance, :plan, :version, :centre, :department, :match, :reason, :urgency, :open, :state, :state_reason, :raised,
        :acknowledged_at, :acknowledged_by, :acknowledged_role, :acknowledged_org, :acknowledged_version, :acknowledged_done, :acknowledged_screen, :handed_to, :handed_by, :handed_role, :handed_org, :handed_at,
        :show, :also, :whereabouts, :recalled_at, :recall_version, :recall_seen_at, :on_board)
