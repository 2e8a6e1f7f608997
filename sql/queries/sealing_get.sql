-- How far sealing again has come.
SELECT table_at, row_at, toward, done FROM sealing
