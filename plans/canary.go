package plans

// canary is the NHS number that is kept for the canary: the check that goes the way of an arrival every minute. It lies in the range for
// tests, so that no patient has it, and nothing that comes from outside may name it: ParseNHSNumber refuses it, and no value past a door
// has it but that of CanaryNumber.
var canary = NHSNumber{9999999980}

// CanaryNumber is the NHS number of the canary. It is for the service's own check and for nothing else.
func CanaryNumber() NHSNumber { return canary }

// IsCanary tells whether the number is the canary's.
func (n NHSNumber) IsCanary() bool { return n == canary }
