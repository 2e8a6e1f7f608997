-- What the next plan is called by its centre, to be found by blind indexes.
SELECT centre, value, system, id FROM plan_identifier WHERE id = (SELECT MIN(id) FROM plan_identifier WHERE id > :after) /*postgres FOR UPDATE */
