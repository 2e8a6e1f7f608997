-- When a plan of a centre, or a version of one, was last received; no row if none ever was. By its index: a centre may have had millions.
SELECT at FROM plan_change WHERE centre = :centre ORDER BY at DESC, number DESC LIMIT 1
