-- A contact point, new or as it is from now on.
INSERT INTO contact (id, person, kind, label, address, secret, place, quiet_from, quiet_to, added, verified, lost, code, code_sent, code_until, code_wrong)
VALUES (:id, :person, :kind, :label, :address, :secret, :place, :quiet_from, :quiet_to, :added, :verified, :lost, :code, :code_sent, :code_until, :code_wrong)
ON CONFLICT (id) DO UPDATE SET label = excluded.label, place = excluded.place, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, verified = excluded.verified,
       lost = excluded.lost, code = excluded.code, code_sent = excluded.code_sent, code_until = excluded.code_until, code_wrong = excluded.code_wrong
