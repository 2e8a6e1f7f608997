// Package subscribers answers: who is told, and what happens if nobody answers?
package subscribers

import (
	"context"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
)

// Receipt is one fact about an alert on its way to a person. Delivered, displayed, seen and acknowledged are four different facts; the
// last is part of the alert itself.
type Receipt struct {
	Alert string
	// Kind is journal.AlertDelivered, AlertDisplayed or AlertSeen.
	Kind  journal.Kind
	Actor journal.Actor
	// Screen is the name that the screen gave itself; empty if it gave none.
	Screen string
	// Version of the plan that the alert carried.
	Version int
	At      time.Time
}

// Receipts keeps receipts.
type Receipts interface {
	// KeepReceipt journals a receipt, once for each alert, version, kind, actor and screen: the same again writes nothing and is no error. When
	// it returns nil, the receipt is durable. It returns alerts.ErrNoAlert for an unknown alert.
	KeepReceipt(ctx context.Context, r Receipt) error
}

// Boards finds what a department's board shows.
type Boards interface {
	// Board returns the open alerts of a department and the room's position that they are true at, both from one snapshot.
	Board(ctx context.Context, department string) (number int64, open []alerts.Sight, err error)
	// Sight returns one alert as it stands now, or alerts.ErrNoAlert.
	Sight(ctx context.Context, alert string) (alerts.Sight, error)
}

// View is an alert as one viewer may see it, in the shape that boards receive (JSON).
type View struct {
	ID         string       `json:"id"`
	Department string       `json:"department"`
	Attendance string       `json:"attendance,omitempty"`
	Patient    *PatientView `json:"patient,omitempty"`
	// Sensitive tells that who the patient is may be shown to clinicians only, and not on a wall: on a stream the patient is absent.
	Sensitive bool `json:"sensitive,omitempty"`
	// Match is "confirmed" or "possible"; for a possible match the headline is absent and the plan cannot be opened.
	Match      string `json:"match,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Plan       string `json:"plan,omitempty"`
	Version    int    `json:"version,omitempty"`
	Centre     string `json:"centre,omitempty"`
	CentreName string `json:"centre_name,omitempty"`
	// CentrePhone is where the centre's clinicians are reached day and night.
	CentrePhone string `json:"centre_phone,omitempty"`
	// Show is "summary" where an agreement covers the headline only: the plan cannot be opened there, and the centre is called. It is
	// "restricted" where the plan is for named roles only: the headline is absent, and those who have such a role open the plan.
	Show     string `json:"show,omitempty"`
	Headline string `json:"headline,omitempty"`
	Urgency  string `json:"urgency,omitempty"`
	Raised   string `json:"raised,omitempty"`
	Arrived  string `json:"arrived,omitempty"`
	// Location is where in the department, in words; empty if the message does not say.
	Location    string `json:"location,omitempty"`
	State       string `json:"state"`
	StateReason string `json:"state_reason,omitempty"`
	// Recall tells that the plan was withdrawn, or marked as entered in error, after it had been shown here. It stays until somebody in
	// the department has seen that; Recalled is since when.
	Recall       bool              `json:"recall,omitempty"`
	Recalled     string            `json:"recalled,omitempty"`
	Acknowledged *AcknowledgedView `json:"acknowledged,omitempty"`
	Warnings     []string          `json:"warnings,omitempty"`
	// Review is "due" or "overdue" on the department's day, and ReviewDue the day that the centre set; absent while no review is due.
	Review    string `json:"review,omitempty"`
	ReviewDue string `json:"review_due,omitempty"`
	// Conflicts are where this plan disagrees with another one that stands for the same visit.
	Conflicts []ConflictView `json:"conflicts,omitempty"`
	// Questions were asked of the centre, Unanswered of them wait; AnsweredNew answers were not read here; Disputed counts who said that the
	// plan is wrong, while that waits. What was said is read by itself.
	Questions   int `json:"questions,omitempty"`
	Unanswered  int `json:"unanswered,omitempty"`
	AnsweredNew int `json:"answered_new,omitempty"`
	Disputed    int `json:"disputed,omitempty"`
	// Outcome is what the plan changed here, once somebody said so.
	Outcome string `json:"outcome,omitempty"`
	// Mine is why the alert concerns the person whose own stream it is in: "holds", "acknowledged", "handed_over", "asked",
	// "subscribed". Absent elsewhere.
	Mine []string `json:"mine,omitempty"`
}

// PatientView is who the patient is.
type PatientView struct {
	Name      string `json:"name,omitempty"`
	Family    string `json:"family,omitempty"`
	Given     string `json:"given,omitempty"`
	NHSNumber string `json:"nhs_number,omitempty"`
	BirthDate string `json:"birth_date,omitempty"`
	// Age is in whole years; absent if the date of birth is not whole.
	Age *int   `json:"age,omitempty"`
	Sex string `json:"sex,omitempty"`
}

// AcknowledgedView is who answered, when (RFC 3339, UTC), and with which version of the plan.
type AcknowledgedView struct {
	By      string `json:"by"`
	Role    string `json:"role"`
	At      string `json:"at"`
	Version int    `json:"version"`
	// Done is "taken_on" or "already_known".
	Done string `json:"done,omitempty"`
	// Holder is who looks after it: whom it was handed over to last, at HandedAt by HandedBy, else who answered.
	Holder   string `json:"holder"`
	HandedBy string `json:"handed_by,omitempty"`
	HandedAt string `json:"handed_at,omitempty"`
}

// Restricted is the Show of a plan that not everybody before a board may be shown.
const Restricted = "restricted"

// boardRole is the role of a board on a wall: what it shows, everybody who passes sees.
const boardRole = "screen"

// Draw shows an alert to a viewer of a department's board at an instant. A department that the patient has left sees only that the
// alert is gone: whoever was entitled by the patient's presence is no longer.
func Draw(s alerts.Sight, department string, dir *directory.Directory, now time.Time) View {
	recall, told := s.RecallIn(department)
	s = s.From(department)
	a := s.Alert
	if a.Department != department || told && !recall.Seen.IsZero() {
		return View{ID: a.ID, Department: department, State: string(alerts.Withdrawn), StateReason: alerts.MovedReason}
	}
	v := View{
		ID: a.ID, Department: a.Department, Attendance: a.Attendance, Patient: patientFor(boardRole, s.Attendance, now.In(Zone(department, dir))),
		Match: string(a.Match), Reason: a.Reason, Plan: a.Plan, Version: a.Version, Centre: a.Centre, Urgency: string(a.Urgency),
		Raised: instant(a.Raised), Arrived: instant(s.Attendance.Arrived()), Location: drawLocation(s.Attendance),
		State: string(a.State), StateReason: a.StateReason,
	}
	if org, ok := dir.Organisation(a.Centre); ok {
		v.CentreName, v.CentrePhone = org.Name, org.Phone
	}
	switch show := s.Show(dir, now); {
	case show == directory.Nothing:
	case !s.Plan.Restriction.Admits(boardRole):
		v.Show = Restricted
	default:
		v.Headline = s.Plan.Headline
		if show == directory.Summary {
			v.Show = string(show)
		}
		if v.Review = string(ReviewOn(s.Plan.Content, department, dir, now)); v.Review != "" {
			v.ReviewDue = string(s.Plan.Content.ReviewDue)
		}
		v.Conflicts = DrawConflicts(s, boardRole, dir, now)
	}
	if a.Recall != nil && a.OnBoard() {
		v.Recall, v.Recalled = true, instant(a.Recall.At)
	}
	if ack := a.Acknowledgement; ack != nil {
		v.Acknowledged = &AcknowledgedView{
			By: ack.By.Name, Role: ack.By.Role, At: instant(ack.At), Version: ack.Version, Done: string(ack.Done), Holder: ack.Holder(),
		}
		if h := ack.Handed; h != nil {
			v.Acknowledged.HandedBy, v.Acknowledged.HandedAt = h.By.Name, instant(h.At)
		}
	}
	v.Questions, v.Unanswered, v.AnsweredNew, v.Disputed = s.Talk.Questions, s.Talk.Unanswered, s.Talk.Unread, s.Talk.Disputes
	v.Outcome = string(s.Talk.Outcome)
	v.Warnings = notices(s, department, dir)
	v.Sensitive = s.Attendance.Marks.Sensitive
	return v
}

// drawPatient says who a patient is. The age is the one that the patient has on the day of now, in its zone: the department's.
func drawPatient(a alerts.Attendance, now time.Time) *PatientView {
	p := a.Patient
	v := &PatientView{
		Family: p.Family, Given: p.Given, NHSNumber: p.NHSNumber.Reveal(), BirthDate: string(p.BirthDate), Sex: string(p.Sex),
	}
	switch {
	case p.Family != "" && p.Given != "":
		v.Name = p.Family + ", " + p.Given
	default:
		v.Name = p.Family + p.Given
	}
	if age := p.BirthDate.Age(now); age >= 0 {
		v.Age = &age
	}
	return v
}

// drawLocation says where the patient is; nothing if the hospital hides that.
func drawLocation(a alerts.Attendance) string {
	if a.Marks.Hiding != alerts.NotHidden {
		return ""
	}
	l := a.Location
	s := l.PointOfCare
	for _, part := range [...]string{l.Room, l.Bed} {
		switch {
		case part == "":
		case s == "":
			s = part
		default:
			s += ", " + part
		}
	}
	return s
}

// instant writes a time as RFC 3339 in UTC, or "" for the zero time.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
