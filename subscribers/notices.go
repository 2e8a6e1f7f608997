package subscribers

import "github.com/ucpalert/ucpalert/alerts"

// notices are the sentences that a board shows about a visit.
func notices(a alerts.Attendance) []string {
	var out []string
	for _, n := range [...]struct {
		holds bool
		words string
	}{
		{a.Warning != "", a.Warning},
		{a.Marks.Died(), "The hospital records that the patient has died."},
		{a.State == alerts.Admitted, "Admitted: the patient came through this department and is elsewhere in the hospital."},
		{a.State == alerts.OnLeave, "On leave: the patient is away for a while and comes back."},
		{a.Reopened(), "The patient was recorded as having left; that was cancelled."},
		{a.Marks.Unidentified, "The hospital does not know yet who the patient is: check the identity before acting."},
		{a.Marks.Hiding != alerts.NotHidden, "The hospital hides where this patient is: ask the nurse in charge."},
	} {
		if n.holds {
			out = append(out, n.words)
		}
	}
	return out
}
