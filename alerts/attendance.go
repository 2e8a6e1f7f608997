package alerts

import (
	"errors"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// State is where a visit stands.
type State string

// The states of an attendance.
const (
	// Unseen: something is known of the visit, but no arrival yet.
	Unseen State = "unseen"
	// InDepartment: the patient has arrived and neither left nor been cancelled.
	InDepartment State = "in department"
	// Departed: the visit has ended.
	Departed State = "departed"
	// Cancelled: the arrival was recorded in error.
	Cancelled State = "cancelled"
)

// Attendance is a visit to an A&E department, folded from its messages. Folding the same messages in any order, any number of times,
// gives the same attendance: each fact is kept with the stamp of the message that stated it, and only a later stamp replaces it.
type Attendance struct {
	// ID is ours: unique, without meaning.
	ID string
	// Organisation is the ODS code of the hospital's trust; Visit is its number for the visit.
	Organisation, Visit string

	Patient        plans.Identity
	HospitalNumber string
	Location       Location
	// Consent is what the patient said about sharing, as the hospital knows it.
	Consent plans.Consent
	// StatedArrival is PV1-44; zero if no message states it. See Arrived.
	StatedArrival time.Time

	// State, Department and Warning follow from the facts and the directory; Apply computes them.
	State State
	// Department is the directory's id of the department the patient is in; empty until a location or an arrival is known.
	Department string
	// Warning says in words that the department is a guess; empty if the location is known.
	Warning string

	Stamps Stamps
}

// fact is something that a message can state about a visit.
type fact int

const (
	factNHSNumber fact = iota
	factHospitalNumber
	factName
	factBirthDate
	factSex
	factPostcode
	factLocation
	factArrivedAt
	factArrive
	factDepart
	factCancel
	factConsent // added later: new facts come last, so that what was kept before can still be read
	factTracing
	factOthers
	factRestricted
	facts
)

// Stamps holds, for each fact, the stamp of the message that stated it.
type Stamps [facts]Stamp

// Open tells whether the patient is in the department, as far as the messages say.
func (a Attendance) Open() bool { return a.State == InDepartment }

// Arrived is when the patient arrived: as stated (PV1-44), else when the registration that holds occurred. Zero if neither is known.
func (a Attendance) Arrived() time.Time {
	if !a.StatedArrival.IsZero() {
		return a.StatedArrival
	}
	return a.Stamps[factArrive].Time()
}

// Left is when the patient left; zero while the patient is there, or if the arrival was cancelled.
func (a Attendance) Left() time.Time {
	if a.State != Departed {
		return time.Time{}
	}
	return a.Stamps[factDepart].Time()
}

// Apply folds an event into the attendance. The organisation is the sender's, already found in the directory.
func (a Attendance) Apply(e Event, org directory.Organisation, dir *directory.Directory) Attendance {
	stamp := e.Stamp()
	take := func(f fact, p Presence) bool {
		if p == Absent || stamp <= a.Stamps[f] {
			return false
		}
		a.Stamps[f] = stamp
		return true
	}
	a.Organisation, a.Visit = org.ID, e.Visit
	if take(factNHSNumber, e.NHSNumber.Presence) {
		a.Patient.NHSNumber = e.NHSNumber.Value
	}
	if take(factHospitalNumber, e.HospitalNumber.Presence) {
		a.HospitalNumber = e.HospitalNumber.Value
	}
	if take(factName, e.Name.Presence) {
		a.Patient.Family, a.Patient.Given = e.Name.Value.Family, e.Name.Value.Given
	}
	if take(factBirthDate, e.BirthDate.Presence) {
		a.Patient.BirthDate = e.BirthDate.Value
	}
	if take(factSex, e.Sex.Presence) {
		a.Patient.Sex = e.Sex.Value
	}
	if take(factPostcode, e.Postcode.Presence) {
		a.Patient.Postcode = e.Postcode.Value
	}
	if take(factLocation, e.Location.Presence) {
		a.Location = e.Location.Value
	}
	if take(factArrivedAt, e.Arrived.Presence) {
		a.StatedArrival = e.Arrived.Value
	}
	if take(factConsent, e.Consent.Presence) {
		a.Consent = e.Consent.Value
	}
	if take(factTracing, e.Tracing.Presence) {
		a.Patient.Tracing = e.Tracing.Value
	}
	if take(factOthers, e.Others.Presence) {
		a.Patient.Others = e.Others.Value
	}
	if take(factRestricted, e.Restricted.Presence) {
		a.Patient.Restricted = e.Restricted.Value
	}
	a.live(e, stamp, org, dir)
	return a.place(org, dir)
}

// place finds the department of the attendance's location.
func (a Attendance) place(org directory.Organisation, dir *directory.Directory) Attendance {
	found := dir.Locate(org, a.Location)
	a.Department, a.Warning = found.Department, found.Warning
	return a
}

// live folds what the event says about coming and going.
func (a *Attendance) live(e Event, stamp Stamp, org directory.Organisation, dir *directory.Directory) {
	set := func(f fact) {
		if stamp > a.Stamps[f] {
			a.Stamps[f] = stamp
		}
	}
	switch {
	case e.Kind == Arrive && isEmergency(e, org, dir):
		set(factArrive)
	case e.Kind == Depart:
		set(factDepart)
	case e.Kind == Cancel:
		set(factCancel)
	}
	arrive, depart, cancel := a.Stamps[factArrive], a.Stamps[factDepart], a.Stamps[factCancel]
	switch {
	case arrive == "":
		a.State = Unseen
	case arrive > depart && arrive > cancel:
		a.State = InDepartment
	case cancel > depart:
		a.State = Cancelled
	default:
		a.State = Departed
	}
}

// isEmergency tells whether a registration or admission is an arrival at an A&E department: patient class E, no class at all (a missed
// alert is worse than a needless look), or a location that the directory knows as one of its departments. An outpatient registered in
// a clinic and an inpatient admitted to a ward are not.
func isEmergency(e Event, org directory.Organisation, dir *directory.Directory) bool {
	if e.Class == "" || strings.EqualFold(e.Class, "E") {
		return true
	}
	if e.Location.Presence != Present {
		return false
	}
	place := dir.Locate(org, e.Location.Value)
	return place.Warning == ""
}

// MarshalText writes the stamps compactly: each different stamp once, then for each fact which of them it has ("-" for none).
func (s Stamps) MarshalText() ([]byte, error) {
	var b []byte
	var which [facts]byte
	known := 0
	for i, stamp := range s {
		which[i] = '-'
		if stamp == "" {
			continue
		}
		for j := range i {
			if s[j] == stamp {
				which[i] = which[j]
				break
			}
		}
		if which[i] == '-' {
			which[i] = 'a' + byte(known)
			known++
			b = append(append(b, stamp...), ' ')
		}
	}
	return append(b, which[:]...), nil
}

// errStamps is returned for a text that MarshalText did not write.
var errStamps = errors.New("the stamps of an attendance are not readable")

// UnmarshalText reads what MarshalText wrote, also when there were fewer facts.
func (s *Stamps) UnmarshalText(text []byte) error {
	words := strings.Split(string(text), " ")
	which := words[len(words)-1]
	if len(which) > int(facts) || len(which) < int(factConsent) {
		return errStamps
	}
	for i := range s {
		s[i] = ""
		if i >= len(which) || which[i] == '-' {
			continue
		}
		n := int(which[i] - 'a')
		if n < 0 || n >= len(words)-1 {
			return errStamps
		}
		s[i] = Stamp(words[n])
	}
	return nil
}
