package subscribers

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Arrival is somebody who came to a department, and what looking for their plans came to.
type Arrival struct {
	Attendance alerts.Attendance
	Check      alerts.Check
}

// ArrivalQuery asks for a page of arrivals in a department: those from an instant on, before another one and, of those that arrived at that
// very instant, before an id. The last come first.
type ArrivalQuery struct {
	Department   string
	From, Before time.Time
	BeforeID     string
	Limit        int
}

// ArrivalCount says how a day stands, without saying who anybody is.
type ArrivalCount struct {
	// Arrivals were looked at for plans; for WithPlan something was found, and of TooLittle not enough is known.
	Arrivals, WithPlan, TooLittle int
	// Checked is when the last of them was looked at, PlansTo when the newest plan of that moment was received.
	Checked, PlansTo time.Time
}

// Recent is an alert that a department had, with all that happened to it there.
type Recent struct {
	Alert      alerts.Alert
	Attendance alerts.Attendance
	// PlanConsent is what the patient told the centre about sharing, as the plan says now.
	PlanConsent plans.Consent
	// Entries are those of the department's room, in order; Receipts are in the order of time.
	Entries  []journal.Entry
	Receipts []Receipt
	// Changed is what the plan changed there, as somebody said last; empty if nobody did.
	Changed alerts.Changed
}

// Arrivals finds who came to a department.
type Arrivals interface {
	Arrivals(ctx context.Context, q ArrivalQuery) ([]Arrival, error)
	// CountArrivals counts those from an instant on and before another one.
	CountArrivals(ctx context.Context, department string, from, before time.Time) (ArrivalCount, error)
	// RecentAlerts are the alerts that a department had since an instant, the last first.
	RecentAlerts(ctx context.Context, department string, since time.Time, limit int) ([]Recent, error)
}

// zones are those that were loaded, by name: a zone is asked for whenever an alert is drawn, and loading one takes longer than that.
var zones sync.Map

// Zone is the time zone of a department.
func Zone(department string, dir *directory.Directory) *time.Location {
	dep, _ := dir.Department(department)
	name := cmp.Or(dep.TimeZone, directory.DefaultTimeZone)
	if held, ok := zones.Load(name); ok {
		if zone, ok := held.(*time.Location); ok {
			return zone
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // cannot be: the directory was checked
	}
	zones.Store(name, zone)
	return zone
}

// Day is the day of an instant in a department: when it begins there and when the next one does. A day on which the clocks change has 23 or
// 25 hours.
func Day(at time.Time, zone *time.Location) (from, before time.Time) {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone).UTC(), time.Date(year, month, day+1, 0, 0, 0, 0, zone).UTC()
}

// ArrivalView is an arrival as a clinician of the department sees it (JSON).
type ArrivalView struct {
	Attendance string       `json:"attendance"`
	Patient    *PatientView `json:"patient"`
	Arrived    string       `json:"arrived"`
	Left       string       `json:"left,omitempty"`
	Location   string       `json:"location,omitempty"`
	// State is that of the visit, such as "in department".
	State string `json:"state"`
	// Found is "plan", "possible", "none", "not shared" or "too little known"; Missing says what is not known of the patient, for the last.
	Found   string   `json:"found"`
	Missing []string `json:"missing,omitempty"`
	// Checked is when it was looked for, PlansTo when the newest plan of that moment was received; absent if no plan was held at all.
	Checked string `json:"checked"`
	PlansTo string `json:"plans_to,omitempty"`
}

// DrawArrival shows an arrival to somebody in a role.
func DrawArrival(a Arrival, role string, zone *time.Location, now time.Time) ArrivalView {
	v := ArrivalView{
		Attendance: a.Attendance.ID, Patient: patientFor(role, a.Attendance, now.In(zone)), Arrived: instant(a.Check.Arrived), Left: instant(a.Attendance.Left()),
		Location: drawLocation(a.Attendance), State: string(a.Attendance.State), Found: string(a.Check.Found),
		Checked: instant(a.Check.At), PlansTo: instant(a.Check.PlansTo),
	}
	if a.Check.Found == alerts.TooLittle {
		v.Missing = missing(a.Attendance.Patient)
	}
	return v
}

// missing is what is not known of a patient, in words.
func missing(who plans.Identity) []string {
	var out []string
	if who.NHSNumber.IsZero() {
		out = append(out, "NHS number")
	}
	if who.BirthDate == "" {
		out = append(out, "date of birth")
	}
	if who.Family == "" {
		out = append(out, "name")
	}
	return out
}

// RecentView is an alert that a department had (JSON). It says nothing of the plan's text: that is read while the alert stands.
type RecentView struct {
	ID          string       `json:"id"`
	Attendance  string       `json:"attendance"`
	Patient     *PatientView `json:"patient"`
	Match       string       `json:"match"`
	Reason      string       `json:"reason"`
	Urgency     string       `json:"urgency"`
	Centre      string       `json:"centre"`
	CentreName  string       `json:"centre_name,omitempty"`
	State       string       `json:"state"`
	StateReason string       `json:"state_reason,omitempty"`
	Raised      string       `json:"raised"`
	// Changed is what the plan changed in the department, as somebody there said last: one of alerts.AllChanged; empty if nobody did.
	Changed  string   `json:"changed,omitempty"`
	Timeline []Moment `json:"timeline"`
}

// Moment is one thing that happened to an alert.
type Moment struct {
	At string `json:"at"`
	// What is "arrived", "raised", "updated", "delivered", "displayed", "seen", "acknowledged", "handed_over", "withdrawn", "closed", "recall_seen",
	// "asked", "disputed", "question_seen", "answered", "answer_seen", "outcome", "outcome_corrected" or "departed".
	What string `json:"what"`
	// By is who did it, and in which role; absent for what nobody did.
	By   string `json:"by,omitempty"`
	Role string `json:"role,omitempty"`
	// Screen is the name that the screen gave itself; absent if it gave none.
	Screen string `json:"screen,omitempty"`
	// Why is in words.
	Why string `json:"why,omitempty"`
	at  time.Time
}

// moments are what the kinds of entries and receipts are called in a timeline.
var moments = map[journal.Kind]string{
	journal.AlertRaised: "raised", journal.AlertUpdated: "updated", journal.AlertAcknowledged: "acknowledged", journal.AlertHandedOver: "handed_over", journal.AlertWithdrawn: "withdrawn",
	journal.AlertClosed: "closed", journal.AlertRecallSeen: "recall_seen",
	journal.AlertDelivered: "delivered", journal.AlertDisplayed: "displayed", journal.AlertSeen: "seen",
	journal.QuestionAsked: "asked", journal.PlanDisputed: "disputed", journal.QuestionSeen: "question_seen", journal.QuestionAnswered: "answered",
	journal.AnswerSeen: "answer_seen", journal.OutcomeGiven: "outcome", journal.OutcomeCorrected: "outcome_corrected",
}

// nobodys are the entries whose actor did nothing in the department: what a message or a publication caused.
var nobodys = map[journal.Kind]bool{journal.AlertRaised: true, journal.AlertUpdated: true, journal.AlertWithdrawn: true, journal.AlertClosed: true}

// DrawRecent shows to somebody in a role an alert that a department had. ok is false for one whose patient does not want the plan shared now: it was on the board
// when they had said nothing yet, and the page does not tell of it again.
func DrawRecent(r Recent, role string, dir *directory.Directory, zone *time.Location, now time.Time) (v RecentView, ok bool) {
	if withheld, _ := (plans.Plan{Consent: r.PlanConsent}).Withheld(r.Attendance.Consent); withheld {
		return RecentView{}, false
	}
	a := r.Alert
	v = RecentView{
		ID: a.ID, Attendance: a.Attendance, Patient: patientFor(role, r.Attendance, now.In(zone)), Match: string(a.Match), Reason: a.Reason, Urgency: string(a.Urgency),
		Centre: a.Centre, State: string(a.State), StateReason: a.StateReason, Raised: instant(a.Raised), Changed: string(r.Changed),
	}
	if org, known := dir.Organisation(a.Centre); known {
		v.CentreName = org.Name
	}
	add := func(at time.Time, what string, by journal.Actor, screen, why string) {
		if !at.IsZero() && what != "" {
			v.Timeline = append(v.Timeline, Moment{At: instant(at), What: what, By: by.Name, Role: by.Role, Screen: screen, Why: why, at: at})
		}
	}
	add(r.Attendance.Arrived(), "arrived", journal.Actor{}, "", "")
	for _, e := range r.Entries {
		by := e.Actor
		if nobodys[e.Kind] {
			by = journal.Actor{}
		}
		add(e.Time, moments[e.Kind], by, "", e.Reason)
	}
	for _, receipt := range r.Receipts {
		if receipt.Kind != journal.AlertRecallSeen { // the journal's entry says the same
			add(receipt.At, moments[receipt.Kind], receipt.Actor, receipt.Screen, "")
		}
	}
	add(r.Attendance.Left(), "departed", journal.Actor{}, "", "")
	slices.SortStableFunc(v.Timeline, func(x, y Moment) int { return x.at.Compare(y.at) })
	return v, true
}
