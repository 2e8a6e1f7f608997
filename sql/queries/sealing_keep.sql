-- How far sealing again has come.
UPDATE sealing SET table_at = :table_at, row_at = :row_at, toward = :toward, done = :done
