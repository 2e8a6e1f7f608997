-- How far the journal was routed, for the one node that goes on; no row while another one does.
SELECT number FROM routed WHERE id = 1 /*postgres FOR UPDATE SKIP LOCKED */
