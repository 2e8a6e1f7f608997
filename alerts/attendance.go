package alerts

import (
	"errors"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
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
	Marks         Marks

	// State, Department and Warning follow from the facts and the directory; Apply computes them.
	State State
	// Department is the directory's id of the department the patient is in; empty until a location or an arrival is known.
	Department string
	// Warning says in words that the department is a guess; empty if the location is known.
	Warning string

	Stamps Stamps
	// Records are what the hospital's records of the person add.
	Records Records
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
	factExpect
	factCancelExpected
	factAdmit
	factCancelAdmit
	factHere    // a message other than a registration places the patient in a department
	factNotHere // a transfer into a department did not happen
	factReopen
	factLeave
	factBack
	factThrough
	factClass
	factDisposition
	factStatedLeft
	factDead
	factUnidentified
	factSensitive
	factHiding
	factLapse     // the newest message that was known when the visit was closed for want of news
	factForgotten // the newest message that was known when the visit was forgotten
	facts
)

// Stamps holds, for each fact, the stamp of the message that stated it.
type Stamps [facts]Stamp

// Open tells whether the visit goes on, as far as the messages say.
func (a Attendance) Open() bool { return a.State.Open() }

// Arrived is when the patient arrived: as stated (PV1-44), else when the registration that holds occurred. Zero if neither is known.
func (a Attendance) Arrived() time.Time {
	if !a.StatedArrival.IsZero() {
		return a.StatedArrival
	}
	return firstOf(a.Stamps[factArrive], a.Stamps[factHere]).Time()
}

func firstOf(s, instead Stamp) Stamp {
	if s == "" {
		return instead
	}
	return s
}

// Left is when the patient left; zero while the patient is there, or if the arrival was cancelled.
func (a Attendance) Left() time.Time {
	switch {
	case a.State != Departed:
		return time.Time{}
	case !a.Marks.StatedLeft.IsZero():
		return a.Marks.StatedLeft
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
	if e.Kind.places() && take(factLocation, e.Location.Presence) {
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
	a.Marks.apply(e, take)
	a.live(e, stamp, org, dir)
	return a.place(org, dir)
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
