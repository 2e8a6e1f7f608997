-- One version as it was published. It is never changed.
INSERT INTO plan_version (id, version, headline, sections, content, author, published, document, restriction, status, status_reason)
VALUES (:id, :version, :headline, :sections, :content, :author, :published, :document, :restriction, :status, :status_reason)
