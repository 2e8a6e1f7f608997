-- A key, wrapped with another master key.
UPDATE sealing_key SET master = :master, wrapped = :wrapped WHERE purpose = :purpose AND number = :number
