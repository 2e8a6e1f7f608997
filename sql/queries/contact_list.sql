-- The contact points of a person, in their order.
SELECT id, person, kind, label, address, secret, place, quiet_from, quiet_to, added, verified, lost, code, code_sent, code_until, code_wrong
FROM contact WHERE person = :person ORDER BY place, id
