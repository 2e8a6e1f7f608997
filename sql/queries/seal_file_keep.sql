-- A file of a draft, sealed (again).
UPDATE draft_file SET content = :content WHERE draft = :draft AND sha256 = :sha256
