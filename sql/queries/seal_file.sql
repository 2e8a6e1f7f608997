-- The files of the next draft, to be sealed (again).
SELECT draft, sha256, content FROM draft_file WHERE draft = (SELECT MIN(draft) FROM draft_file WHERE draft > :after) ORDER BY sha256 /*postgres FOR UPDATE */
