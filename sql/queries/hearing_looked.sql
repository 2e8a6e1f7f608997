-- All feeds were looked at.
UPDATE hearing SET looked = :looked
