-- How far a run came in a class of what is purged.
SELECT up_to FROM purged WHERE class = :class
