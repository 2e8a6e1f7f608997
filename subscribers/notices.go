package subscribers

import (
	"fmt"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
)

// notices are the sentences that a department's board shows about an alert's visit.
func notices(s alerts.Sight, department string, dir *directory.Directory) []string {
	a := s.Attendance
	var out []string
	if open := s.Alert.Open() && s.Alert.Also != ""; open && a.Department != department {
		out = append(out, "The patient moved to "+nameOf(dir, a, a.Department)+". Shown here until somebody in either department answers.")
	} else if open {
		out = append(out, "The patient came from "+nameOf(dir, a, s.Alert.Also)+", where nobody has answered. Shown there too until somebody does.")
	}
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
		{a.Marks.Sensitive, "Sensitive: who the patient is, clinicians see when they open the alert."},
		{a.Marks.Hiding != alerts.NotHidden, "The hospital hides where this patient is: ask the nurse in charge."},
	} {
		if n.holds {
			out = append(out, n.words)
		}
	}
	if before, again := s.Reattends(); again {
		where := "another department"
		if d, ok := dir.Department(before.Department); ok && before.Marks.Hiding == alerts.NotHidden && !before.Marks.Sensitive {
			where = d.Name
		}
		hours := int(a.Arrived().Sub(before.Left()).Hours())
		out = append(out, fmt.Sprintf("Re-attendance: left %s %d hours before this arrival.", where, hours))
	}
	return out
}

// nameOf is what a board calls another department of the hospital; where the hospital hides the patient, it does not say which.
func nameOf(dir *directory.Directory, a alerts.Attendance, department string) string {
	d, ok := dir.Department(department)
	if !ok || a.Marks.Hiding != alerts.NotHidden {
		return "another department"
	}
	site, _ := dir.Site(d.Site)
	return d.Name + ", " + site.Name
}
