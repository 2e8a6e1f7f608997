-- Minutes that no model has to learn from any more.
DELETE FROM hearing_minute WHERE at < :before
