-- Visits with alerts, none of which stands or is on a board, that do not go on and of which nothing was heard since an instant, after one of them.
SELECT id FROM attendance
WHERE id > :after AND NOT open AND changed < :before
  AND EXISTS (SELECT 1 FROM alert WHERE alert.attendance = attendance.id)
  AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.attendance = attendance.id AND (alert.open OR alert.on_board))
  AND NOT EXISTS (SELECT 1 FROM recall JOIN alert ON alert.id = recall.alert WHERE alert.attendance = attendance.id AND recall.seen_at IS NULL)
ORDER BY id LIMIT :most
