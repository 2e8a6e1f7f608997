-- What came of telling somebody, unless another node has claimed it since. next is NULL if it is not tried again.
UPDATE telling SET next = :next, until = NULL, state = :state, words = :words
WHERE happening = :happening AND person = :person AND token = :token AND holder = :node AND next IS NOT NULL
