package subscribers

import (
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// clinicianRole is the role of a person who signed in and works in the department.
const clinicianRole = "clinician"

// identified tells whether somebody in a role may be shown who a patient is: of a sensitive patient (PV1-16 S or Y) only clinicians, and only
// where they read alone. A board hangs on a wall, whoever signed in before it: it has [boardRole]. Everything that draws a patient asks here.
func identified(role string, a alerts.Attendance) bool {
	return !a.Marks.Sensitive || role == clinicianRole
}

// patientFor says who a patient is to somebody in a role; nil if they may not be told.
func patientFor(role string, a alerts.Attendance, now time.Time) *PatientView {
	if !identified(role, a) {
		return nil
	}
	return drawPatient(a, now)
}

// Identified is an alert that was drawn for a board, as somebody in a role sees it who reads it alone: to clinicians it says who a sensitive
// patient is. What tells nothing of the patient, because the department has no alert any more, still does not.
func (v View) Identified(s alerts.Sight, role string, dir *directory.Directory, now time.Time) View {
	if v.Sensitive {
		v.Patient = patientFor(role, s.Attendance, now.In(Zone(v.Department, dir)))
	}
	return v
}

// DrawIdentity says who a plan is about, as its centre has it, to somebody who may open the plan. The age is that on the day of now.
func DrawIdentity(who plans.Identity, now time.Time) *PatientView {
	return drawPatient(alerts.Attendance{Patient: who}, now)
}
