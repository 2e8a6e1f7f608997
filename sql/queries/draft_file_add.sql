-- Keeps a file of a draft. The same file again changes nothing but when it came.
INSERT INTO draft_file (draft, sha256, type, bytes, content, at) VALUES (:draft, :sha256, :type, :bytes, :content, :at)
ON CONFLICT (draft, sha256) DO UPDATE SET at = excluded.at
