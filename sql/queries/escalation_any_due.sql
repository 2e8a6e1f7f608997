-- Whether an escalation is due, or lies ahead because a clock was wrong.
SELECT alert FROM escalation WHERE due IS NOT NULL AND (due <= :now OR since > :ahead) LIMIT 1
