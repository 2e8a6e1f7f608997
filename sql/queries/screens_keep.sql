-- What a node says of a department's screens now.
INSERT INTO screens (node, department, connected, visible, until) VALUES (:node, :department, :connected, :visible, :until)
ON CONFLICT (node, department) DO UPDATE SET connected = excluded.connected, visible = excluded.visible, until = excluded.until
