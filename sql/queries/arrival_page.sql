-- Who arrived in a department between two instants and was looked at for plans, the last first, with who they are. A page begins before the
-- last arrival of the page before it.
SELECT t.id AS attendance, t.looked_department AS department, t.arrived, t.checked, t.plans_to, t.found,
       t.id AS "visit.id", t.organisation AS "visit.organisation", t.visit AS "visit.visit", t.state AS "visit.state",
       t.department AS "visit.department", t.warning AS "visit.warning", t.nhs_number AS "visit.nhs_number", t.family AS "visit.family",
       t.given AS "visit.given", t.birth_date AS "visit.birth_date", t.sex AS "visit.sex", t.postcode AS "visit.postcode",
       t.tracing AS "visit.tracing", t.other_names AS "visit.other_names", t.restricted AS "visit.restricted", t.patient AS "visit.patient",
       t.hospital_number AS "visit.hospital_number", t.point_of_care AS "visit.point_of_care", t.room AS "visit.room",
       t.bed AS "visit.bed", t.site AS "visit.site", t.stated_arrival AS "visit.stated_arrival", t.consent AS "visit.consent",
       t.marks AS "visit.marks", t.stamps AS "visit.stamps"
FROM attendance t
WHERE t.looked_department = :department AND t.arrived >= :from AND (t.arrived, t.id) < (:before, :before_id)
ORDER BY t.arrived DESC, t.id DESC LIMIT :limit
