-- How a server that takes messages has answered lately.
SELECT failed, until FROM circuit WHERE name = :name
