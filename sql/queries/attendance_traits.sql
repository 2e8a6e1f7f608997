-- By what a visit is found of somebody who is like another.
UPDATE attendance SET born_key = :born_key, names_key = :names_key, post_key = :post_key WHERE id = :id
