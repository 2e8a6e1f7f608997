-- Whether something is to be sent that nobody sends now.
SELECT alert FROM delivery WHERE due <= :now AND (until IS NULL OR until <= :now) LIMIT 1
