-- How far the journal was routed, and since when happenings are kept.
SELECT number, since FROM routed WHERE id = 1
