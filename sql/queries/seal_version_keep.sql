-- What a version says, sealed (again).
UPDATE plan_version SET headline = :headline, sections = :sections, content = :content, document = :document, status_reason = :status_reason
WHERE id = :id AND version = :version
