-- Every version of a plan as it was published, the newest first; with its document only where the version does not say its status by itself.
SELECT id, version, headline, author, sections, content, published, COALESCE(status, '') AS status, status_reason, CASE WHEN status IS NULL THEN document END AS document
FROM plan_version WHERE id = :id ORDER BY version DESC LIMIT :limit
