-- What came of a delivery, unless somebody else has claimed it since. due is NULL if it is not tried again.
UPDATE delivery SET due = :due, until = NULL, outcome = :outcome
WHERE alert = :alert AND step = :step AND contact = :contact AND token = :token AND holder = :node AND due IS NOT NULL
