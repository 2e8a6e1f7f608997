-- How many alerts about a plan a board shows, or tells that the plan was withdrawn after it had been shown.
SELECT (SELECT COUNT(*) FROM alert WHERE plan = :plan AND (open OR on_board))
     + (SELECT COUNT(*) FROM recall JOIN alert ON alert.id = recall.alert WHERE alert.plan = :plan AND recall.seen_at IS NULL)
