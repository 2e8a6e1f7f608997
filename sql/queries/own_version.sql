-- One version of a plan as it was published, with its document.
SELECT id, version, headline, author, sections, content, published, COALESCE(status, '') AS status, status_reason, document
FROM plan_version WHERE id = :id AND version = :version
