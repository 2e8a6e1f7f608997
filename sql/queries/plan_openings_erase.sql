-- What was said of whoever a plan is about by those who opened it and by those who judged that. Who did so, when and for which of the reasons stays.
UPDATE opening SET words = '', finding = '' WHERE plan = :plan
