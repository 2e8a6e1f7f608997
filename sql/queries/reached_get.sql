-- How many codes and tests a person asked for lately.
SELECT asked, asked_since FROM reached WHERE person = :person
