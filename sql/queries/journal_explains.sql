-- The first entry that explains something that is still held: the number of the first that tells of a plan or, on a board, of an alert, 0 if there is none;
-- and when the first alert was raised, for those that came to no board.
SELECT COALESCE(MIN(held.number), 0) AS number, (SELECT MIN(raised) FROM alert) AS raised
FROM (SELECT MIN(number) AS number FROM plan_change
      UNION ALL
      SELECT MIN(j.number) AS number FROM alert JOIN journal j ON j.subject = alert.id AND j.room <> '') AS held
