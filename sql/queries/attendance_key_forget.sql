-- Keys under which nobody is to be found any more.
DELETE FROM attendance_key WHERE attendance = :id AND key IN (:k1, :k2, :k3, :k4, :k5, :k6, :k7, :k8)
