-- What a plan changed for the visit to a department.
SELECT alert, department, plan, version, changed, actor, role, organisation, at FROM outcome WHERE alert = :alert AND department = :department
