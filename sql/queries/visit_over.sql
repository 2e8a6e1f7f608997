-- Visits that do not go on, without an alert, of which nothing was heard since an instant, after one of them. Records of people stand among the visits
-- under names that begin with the control character 31.
SELECT id FROM attendance
WHERE id > :after AND NOT open AND changed < :before AND /*sqlite UNICODE(visit) <> 31 *//*postgres ASCII(visit) <> 31 */
  AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.attendance = attendance.id)
ORDER BY id LIMIT :most
