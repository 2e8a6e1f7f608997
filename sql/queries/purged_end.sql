-- Notes that a run came to the end of a class.
DELETE FROM purged WHERE class = :class
