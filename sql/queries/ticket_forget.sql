-- Tickets that nobody used.
DELETE FROM ticket WHERE until <= :now
