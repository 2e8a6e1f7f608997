SELECT department, passed, displayed FROM canary
