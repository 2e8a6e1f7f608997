-- Whether somebody is to be told whom nobody tells now.
SELECT happening FROM telling WHERE next <= :now AND (until IS NULL OR until <= :now) LIMIT 1
