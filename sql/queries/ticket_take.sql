-- Uses a ticket up. One row changes for whoever comes first, with the session that it was made for, in time.
DELETE FROM ticket WHERE hash = :hash AND session = :session AND until > :now
