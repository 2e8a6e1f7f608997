-- What each department is known to have shown of its canary, for a node that starts.
SELECT department, passed, displayed FROM canary
