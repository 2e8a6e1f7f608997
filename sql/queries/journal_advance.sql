-- Takes the next number. The row stays locked until the transaction ends, so numbers are committed in their order.
UPDATE journal_head SET number = number + 1 WHERE id = 1 RETURNING number, hash
