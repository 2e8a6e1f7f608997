-- Something that happened.
INSERT INTO happening (id, event, at, alert, plan, version, centre, categories, department, came_from, organisation, urgency)
VALUES (:id, :event, :at, :alert, :plan, :version, :centre, :categories, :department, :came_from, :organisation, :urgency)
