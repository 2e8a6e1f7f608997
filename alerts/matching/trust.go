package matching

import (
	"fmt"

	"github.com/ucpalert/ucpalert/plans"
)

// Trust says with which status an NHS number counts as a patient's own. The zero value trusts every status but those with which a trace
// has failed or contradicts itself: 04 (no match, or several), 05 (conflict) and 07 (said not to be present, and yet stated). A number that
// is not traced yet counts: its check digit is right.
type Trust struct {
	only uint16
}

// statuses are all that there are, in the order of their bits.
var statuses = [...]plans.Tracing{
	plans.TracingUnknown, plans.Verified, plans.NotTraced, plans.TraceRequired, plans.NoOrMultipleMatch, plans.TraceConflict, plans.TraceInProgress,
	plans.NumberNotPresent, plans.TracePostponed,
}

// TrustOnly trusts the given statuses and no other. plans.TracingUnknown stands for a number whose status is not stated.
func TrustOnly(trusted ...plans.Tracing) (Trust, error) {
	t := Trust{only: 1 << len(statuses)} // so that trusting none is not the zero value
	for _, status := range trusted {
		bit, ok := bitOf(status)
		if !ok {
			return Trust{}, fmt.Errorf("%q is not an NHS number status: 01 to 08, or nothing", string(status))
		}
		t.only |= bit
	}
	return t, nil
}

// Trusts tells whether a number with a status counts. A status that does not exist does not.
func (t Trust) Trusts(status plans.Tracing) bool {
	if t.only == 0 {
		switch status {
		case plans.NoOrMultipleMatch, plans.TraceConflict, plans.NumberNotPresent:
			return false
		}
	}
	bit, ok := bitOf(status)
	return ok && (t.only == 0 || t.only&bit != 0)
}

func bitOf(status plans.Tracing) (uint16, bool) {
	for i, s := range statuses {
		if s == status {
			return 1 << i, true
		}
	}
	return 0, false
}
