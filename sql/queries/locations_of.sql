-- Where the visits were that changed since an instant: each location once, with how many visits it had and when the last one changed.
-- Nothing of a patient.
SELECT organisation, site, point_of_care, room, bed, COUNT(*) AS visits, MAX(changed) AS last
FROM attendance WHERE changed >= :since
GROUP BY organisation, site, point_of_care, room, bed
ORDER BY organisation, site, point_of_care, room, bed
