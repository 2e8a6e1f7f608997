-- How many alerts of a visit a board shows, or tells that the plan was withdrawn after it had been shown.
SELECT (SELECT COUNT(*) FROM alert WHERE attendance = :attendance AND (open OR on_board))
     + (SELECT COUNT(*) FROM recall JOIN alert ON alert.id = recall.alert WHERE alert.attendance = :attendance AND recall.seen_at IS NULL)
