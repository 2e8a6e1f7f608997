-- What stands on a department's board, with what it may need to show of the visit and of the plan as it is now.
SELECT a.id AS "alert.id", a.attendance AS "alert.attendance", a.plan AS "alert.plan", a.version AS "alert.version",
       a.centre AS "alert.centre", a.department AS "alert.department", a.match AS "alert.match", a.reason AS "alert.reason",
       a.urgency AS "alert.urgency", a.state AS "alert.state", a.state_reason AS "alert.state_reason", a.raised AS "alert.raised",
       a.acknowledged_at AS "alert.acknowledged_at", a.acknowledged_by AS "alert.acknowledged_by",
       a.acknowledged_role AS "alert.acknowledged_role", a.acknowledged_org AS "alert.acknowledged_org",
       a.acknowledged_version AS "alert.acknowledged_version", a.acknowledged_done AS "alert.acknowledged_done", a.acknowledged_screen AS "alert.acknowledged_screen", a.handed_to AS "alert.handed_to", a.handed_by AS "alert.handed_by", a.handed_role AS "alert.handed_role", a.handed_org AS "alert.handed_org", a.handed_at AS "alert.handed_at",
       a.show AS "alert.show", a.also AS "alert.also", a.whereabouts AS "alert.whereabouts", a.recalled_at AS "alert.recalled_at", a.recall_version AS "alert.recall_version", a.recall_seen_at AS "alert.recall_seen_at",
       t.id AS "attendance.id", t.organisation AS "attendance.organisation",
       t.visit AS "attendance.visit", t.state AS "attendance.state", t.department AS "attendance.department",
       t.warning AS "attendance.warning", t.nhs_number AS "attendance.nhs_number", t.family AS "attendance.family",
       t.given AS "attendance.given", t.birth_date AS "attendance.birth_date", t.sex AS "attendance.sex",
       t.postcode AS "attendance.postcode", t.tracing AS "attendance.tracing", t.other_names AS "attendance.other_names", t.restricted AS "attendance.restricted", t.patient AS "attendance.patient", t.hospital_number AS "attendance.hospital_number",
       t.point_of_care AS "attendance.point_of_care", t.room AS "attendance.room", t.bed AS "attendance.bed",
       t.site AS "attendance.site", t.stated_arrival AS "attendance.stated_arrival", t.consent AS "attendance.consent", t.marks AS "attendance.marks", t.records AS "attendance.records", t.stamps AS "attendance.stamps",
       p.id AS "plan.id", p.version AS "plan.version", p.centre AS "plan.centre", p.status AS "plan.status",
       p.urgency AS "plan.urgency", p.nhs_number AS "plan.nhs_number", p.family AS "plan.family", p.given AS "plan.given",
       p.birth_date AS "plan.birth_date", p.sex AS "plan.sex", p.postcode AS "plan.postcode", p.tracing AS "plan.tracing", p.other_names AS "plan.other_names", p.restricted AS "plan.restricted", p.patient AS "plan.patient", p.valid_from AS "plan.valid_from",
       p.valid_to AS "plan.valid_to", p.categories AS "plan.categories", p.restriction AS "plan.restriction",
       p.consent AS "plan.consent", v.headline AS "plan.headline", v.sections AS "plan.sections", v.content AS "plan.content", v.author AS "plan.author",
       v.published AS "plan.published",
       EXISTS (SELECT 1 FROM alert b WHERE b.plan = a.plan AND b.attendance <> a.attendance AND b.match = 'confirmed') AS "more.before"
FROM alert a JOIN attendance t ON t.id = a.attendance JOIN plan p ON p.id = a.plan JOIN plan_version v ON v.id = p.id AND v.version = p.version
WHERE a.id IN (SELECT id FROM alert WHERE on_board AND department = :department
               UNION ALL SELECT id FROM alert WHERE on_board AND also <> '' AND also = :department
               UNION ALL SELECT alert FROM recall WHERE department = :department AND seen_at IS NULL)
ORDER BY a.raised, a.id
