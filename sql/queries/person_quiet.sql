-- Records of people of which nothing was heard since an instant, after one of them. They stand among the visits, under names that begin with
-- the control character 31.
SELECT id, organisation, visit, patient, changed FROM attendance
WHERE /*sqlite UNICODE(visit) = 31 *//*postgres ASCII(visit) = 31 */ AND changed < :since AND (changed > :after OR (changed = :after AND id > :id))
ORDER BY changed, id
LIMIT :most
