-- The versions of the next plan, to be sealed (again).
SELECT id, version, headline, sections, content, document, status_reason FROM plan_version
WHERE id = (SELECT MIN(id) FROM plan_version WHERE id > :after) ORDER BY version /*postgres FOR UPDATE */
