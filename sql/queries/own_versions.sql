-- Every version of a plan as it was published, the newest first.
SELECT version, headline, author, sections, content, published, document FROM plan_version WHERE id = :id ORDER BY version DESC LIMIT :limit
