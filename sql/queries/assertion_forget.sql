-- Drops what expired long ago, and is refused for that.
DELETE FROM assertion_used WHERE ends < :forget
