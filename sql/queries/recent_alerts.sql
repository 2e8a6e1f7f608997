-- The alerts that a department had since an instant, the last first, with the visits that raised them. What never came to a board is none of
-- them.
SELECT a.id AS "alert.id", a.attendance AS "alert.attendance", a.plan AS "alert.plan", a.version AS "alert.version",
       a.centre AS "alert.centre", a.department AS "alert.department", a.match AS "alert.match", a.reason AS "alert.reason",
       a.urgency AS "alert.urgency", a.state AS "alert.state", a.state_reason AS "alert.state_reason", a.raised AS "alert.raised",
       a.acknowledged_at AS "alert.acknowledged_at", a.acknowledged_by AS "alert.acknowledged_by",
       a.acknowledged_role AS "alert.acknowledged_role", a.acknowledged_org AS "alert.acknowledged_org",
       a.acknowledged_version AS "alert.acknowledged_version", a.acknowledged_done AS "alert.acknowledged_done", a.acknowledged_screen AS "alert.acknowledged_screen", a.handed_to AS "alert.handed_to", a.handed_by AS "alert.handed_by", a.handed_role AS "alert.handed_role", a.handed_org AS "alert.handed_org", a.handed_at AS "alert.handed_at",
       a.show AS "alert.show", a.also AS "alert.also", a.whereabouts AS "alert.whereabouts", a.recalled_at AS "alert.recalled_at", a.recall_version AS "alert.recall_version", a.recall_seen_at AS "alert.recall_seen_at",
       t.id AS "visit.id", t.organisation AS "visit.organisation",
       t.visit AS "visit.visit", t.state AS "visit.state", t.department AS "visit.department",
       t.warning AS "visit.warning", t.nhs_number AS "visit.nhs_number", t.family AS "visit.family",
       t.given AS "visit.given", t.birth_date AS "visit.birth_date", t.sex AS "visit.sex",
       t.postcode AS "visit.postcode", t.tracing AS "visit.tracing", t.other_names AS "visit.other_names", t.restricted AS "visit.restricted", t.patient AS "visit.patient", t.hospital_number AS "visit.hospital_number",
       t.point_of_care AS "visit.point_of_care", t.room AS "visit.room", t.bed AS "visit.bed",
       t.site AS "visit.site", t.stated_arrival AS "visit.stated_arrival", t.consent AS "visit.consent", t.marks AS "visit.marks", t.stamps AS "visit.stamps",
       p.consent AS plan_consent
FROM alert a JOIN attendance t ON t.id = a.attendance JOIN plan p ON p.id = a.plan
WHERE a.department = :department AND a.raised >= :since AND a.show <> '' ORDER BY a.raised DESC, a.id LIMIT :limit
