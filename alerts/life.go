package alerts

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// State is where a visit stands.
type State string

// The states of an attendance.
const (
	// Unseen: something is known of the visit, but no arrival yet.
	Unseen State = "unseen"
	// Expected: the patient is announced, and has not arrived.
	Expected State = "expected"
	// InDepartment: the patient has arrived and neither left nor been cancelled.
	InDepartment State = "in department"
	// Admitted: the patient came through the department and is an inpatient somewhere else in the hospital now.
	Admitted State = "admitted"
	// OnLeave: the patient is away for a while, and the visit goes on.
	OnLeave State = "on leave"
	// Departed: the visit has ended.
	Departed State = "departed"
	// Cancelled: the arrival was recorded in error.
	Cancelled State = "cancelled"
	// Lapsed: nothing was heard of the visit for so long that the patient must have left. A later message opens it again.
	Lapsed State = "lapsed"
)

// Open tells whether a visit in this state goes on: its patient's alerts stand.
func (s State) Open() bool { return s == InDepartment || s == Admitted || s == OnLeave }

// places tells whether an event's location and class are where the patient is, and not where somebody is expected to go.
func (k Kind) places() bool { return k != Expect && k != CancelExpected && k.OfVisit() }

// live notes what the event says about coming and going, each under its own stamp. What follows from these is for [Attendance.state].
func (a *Attendance) live(e Event, stamp Stamp, org directory.Organisation, dir *directory.Directory) {
	set := func(f fact) {
		if stamp > a.Stamps[f] {
			a.Stamps[f] = stamp
		}
	}
	claimed := ""
	if e.Location.Presence == Present && e.Kind.places() {
		claimed = claimedBy(dir, org, e.Location.Value)
	}
	if claimed != "" && stamp > a.Stamps[factThrough] {
		a.Stamps[factThrough], a.Marks.Through = stamp, claimed
	}
	emergency := strings.EqualFold(e.Class, "E") || claimed != ""
	switch e.Kind {
	case Arrive:
		// A registration without a class is an arrival, too: a missed alert is worse than a needless look. An outpatient who is registered
		// in a clinic and an inpatient who is admitted to a ward are not.
		if emergency || e.Class == "" {
			set(factArrive)
		} else if strings.EqualFold(e.Class, "I") {
			set(factAdmit)
		}
	case Depart:
		set(factDepart)
	case Cancel:
		if strings.EqualFold(e.Class, "I") {
			set(factCancelAdmit)
		} else {
			set(factCancel)
		}
	case Expect:
		set(factExpect)
	case CancelExpected:
		set(factCancelExpected)
	case Transfer, CancelTransfer, Reopen:
		if e.Kind == Reopen {
			set(factReopen)
		}
		if emergency {
			set(factHere)
		} else if e.Kind == CancelTransfer {
			set(factNotHere)
		}
	case Leave, CancelReturn:
		set(factLeave)
	case Return, CancelLeave:
		set(factBack)
	}
}

// claimedBy is the department that claims a location; empty if none does.
func claimedBy(dir *directory.Directory, org directory.Organisation, at Location) string {
	if at == (Location{}) {
		return ""
	}
	if place := dir.Locate(org, at); place.Warning == "" {
		return place.Department
	}
	return ""
}

// in is when the patient last came, by what the messages say: registered, moved into a department or out of none (the registration may
// have been lost), or there again because a departure was recorded in error.
func (a Attendance) in() Stamp {
	in := a.Stamps[factArrive]
	if here := a.Stamps[factHere]; here > a.Stamps[factNotHere] {
		in = max(in, here)
	}
	if in != "" {
		in = max(in, a.Stamps[factReopen])
	}
	return in
}

// cancelled is when the arrival was cancelled. A11 also cancels admissions: one that speaks of an inpatient (class I) takes back an
// admission if there was one since the arrival, and the patient is in the department still.
func (a Attendance) cancelled() Stamp {
	cancel, inpatient := a.Stamps[factCancel], a.Stamps[factCancelAdmit]
	if wasAdmitted := a.Stamps[factAdmit] > a.Stamps[factArrive]; wasAdmitted {
		return cancel
	}
	return max(cancel, inpatient)
}

// state is what follows from the facts. In department and admitted are told apart by where the patient is.
func (a Attendance) state(elsewhere bool) State {
	in, depart, cancel := a.in(), a.Stamps[factDepart], a.cancelled()
	switch {
	case in == "" && a.Stamps[factExpect] > max(a.Stamps[factCancelExpected], depart, cancel):
		return Expected
	case in == "":
		return Unseen
	case in <= depart || in <= cancel:
		if cancel > depart {
			return Cancelled
		}
		return Departed
	case a.Stamps[factLapse] != "" && a.Stamps[factLapse] >= a.Heard():
		return Lapsed
	case a.Stamps[factLeave] > max(in, a.Stamps[factBack]):
		return OnLeave
	case elsewhere && a.Marks.Class == "I":
		return Admitted
	}
	return InDepartment
}

// Heard is the stamp of the newest message that said something of the visit.
func (a Attendance) Heard() Stamp {
	newest := Stamp("")
	for f, stamp := range a.own().Stamps {
		if fact(f) != factLapse {
			newest = max(newest, stamp)
		}
	}
	return newest
}

// lapse closes the visit, unless something is heard of it that is newer than what is known.
func (a Attendance) lapse(org directory.Organisation, dir *directory.Directory) Attendance {
	a.Stamps[factLapse] = a.Heard()
	return a.place(org, dir)
}

// Reopened tells whether the patient is here because a departure was cancelled.
func (a Attendance) Reopened() bool {
	depart := a.Stamps[factDepart]
	return a.Open() && depart != "" && a.Stamps[factReopen] > depart && a.Stamps[factArrive] < depart
}

// place finds the department of the attendance's location, and its state. A location that no department claims belongs to the department
// that the patient came through: who is in x-ray or on a ward is still that department's patient. But somebody who is at another site, and
// no inpatient, may have arrived at the A&E there.
func (a Attendance) place(org directory.Organisation, dir *directory.Directory) Attendance {
	found := dir.Locate(org, a.Location)
	a.Department, a.Warning = found.Department, found.Warning
	elsewhere := found.Warning != "" && a.Location != (Location{})
	a.State = a.state(elsewhere)
	through, known := dir.Department(a.Marks.Through)
	site, ours := dir.Site(a.Location.Site)
	otherSite := ours && site.Organisation == org.ID && site.ID != through.Site
	if elsewhere && known && (a.Marks.Class == "I" || !otherSite) {
		a.Department, a.Warning = through.ID, ""
	}
	return a
}

// whereabouts is what a board shows of the visit; of who the patient is, a digest that tells nothing. When it changes, the boards are told.
func (a Attendance) whereabouts() string {
	words := []string{string(a.State), drawn(a.Patient)}
	if a.Marks.Hiding == NotHidden {
		words = append(words, a.Location.PointOfCare, a.Location.Room, a.Location.Bed, a.Location.Site)
	}
	for _, w := range [...]struct {
		word string
		set  bool
	}{
		{"hidden", a.Marks.Hiding != NotHidden}, {"dead", a.Marks.Died()}, {"unidentified", a.Marks.Unidentified}, {"sensitive", a.Marks.Sensitive},
		{"reopened", a.Reopened()},
	} {
		if w.set {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, "|")
}

// drawn is different for two patients whom a board names differently. It is too short to find out for whom it stands.
func drawn(p plans.Identity) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.NHSNumber.Reveal(), p.Family, p.Given, string(p.BirthDate), string(p.Sex)}, "\x00")))
	return hex.EncodeToString(sum[:3])
}

// nowSaid says in words, for the journal, what changed about a visit that goes on. It does not say where the patient is.
func (a Attendance) nowSaid() string {
	switch {
	case a.Marks.Died():
		return "the hospital recorded that the patient has died"
	case a.State == Admitted:
		return "the patient was admitted and is elsewhere in the hospital"
	case a.State == OnLeave:
		return "the patient is on leave"
	case a.Reopened():
		return "the departure was cancelled"
	}
	return "what is known of the visit changed"
}

// Died tells whether the hospital says that the patient is dead.
func (m Marks) Died() bool { return m.Dead || m.Disposition == dispositionDied }
