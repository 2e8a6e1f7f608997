// Package alerts answers: who is in which department, and which alerts does that raise?
package alerts

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Match says how sure it is that an attendance and a plan are about the same patient.
type Match string

// The tiers of a match. A possible match shows identifiers only, never the plan.
const (
	Confirmed Match = "confirmed"
	Possible  Match = "possible"
)

// AlertState is the life of an alert.
type AlertState string

// The states of an alert. Raised and acknowledged alerts are open: they stand on the board.
const (
	Raised       AlertState = "raised"
	Acknowledged AlertState = "acknowledged"
	// Withdrawn: it should not stand there any more (arrival cancelled, plan withdrawn, identity corrected, patient moved).
	Withdrawn AlertState = "withdrawn"
	// Closed: the patient has left.
	Closed AlertState = "closed"
)

// Acknowledgement is who answered an alert, when, and which version of the plan they had before them.
type Acknowledgement struct {
	By      journal.Actor
	At      time.Time
	Version int
	// Done is what they do; Screen the name of the screen on which they said so, empty if it has none.
	Done   Done
	Screen string
	// Handed is to whom it was given on last; nil if it was not.
	Handed *Handover
}

// Alert says that a patient with a plan is in a department. There is at most one for an attendance and a plan.
type Alert struct {
	ID         string
	Attendance string
	Plan       string
	// Version is the version of the plan that the alert was last decided on.
	Version    int
	Centre     string
	Department string
	// Also is the department that the patient was in before, while it shows the alert still: until somebody in either answers.
	Also  string
	Match Match
	// Reason says in words why the two match.
	Reason  string
	Urgency plans.Urgency
	State   AlertState
	// StateReason says in words why the alert is withdrawn or closed; empty while it is open.
	StateReason string
	Raised      time.Time
	// Acknowledgement is nil until somebody answered.
	Acknowledgement *Acknowledgement
	// Show is how much of the plan the department may see.
	Show directory.Show
	// Whereabouts is what the boards were told last of the visit, so that they are told when it changes.
	Whereabouts string
	// Recall is nil unless the plan was withdrawn, or marked as entered in error, after it had been shown.
	Recall *Recall
}

// Recall tells those who were shown a plan that it must not be acted on any more.
type Recall struct {
	At time.Time
	// Version of the plan that withdrew it.
	Version int
	// Seen is when somebody in the department first saw the recall; zero until then.
	Seen time.Time
}

// Open tells whether the alert stands on the board.
func (a Alert) Open() bool { return a.State == Raised || a.State == Acknowledged }

// OnBoard tells whether the department's board shows the alert: while it is open, and a recall until it was seen.
func (a Alert) OnBoard() bool { return a.Open() || a.Recall != nil && a.Recall.Seen.IsZero() }

// ShownIn tells whether a department has the alert before it: the patient is there, or was there and nobody has answered since.
func (a Alert) ShownIn(department string) bool {
	return department == a.Department || a.Also != "" && department == a.Also
}

// alertID is derived from the attendance and the plan, so that deciding stays pure and a pair can never have two alerts. Attendance ids
// are random, so an alert's id cannot be guessed.
func alertID(attendance, plan string) string {
	sum := sha256.Sum256([]byte(attendance + "\x00" + plan))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// Sight is everything that a board may need of an alert, as it stands now: the viewer's role decides how much of it is drawn.
type Sight struct {
	Alert      Alert
	Attendance Attendance
	Plan       plans.Plan
	// Before are the visits of the plan's patient that have ended.
	Before []Attendance
	// Beside are the plans behind the other certain alerts of the attendance; none if this one is not certain.
	Beside []plans.Plan
	// Talk is what was said about the alert, in numbers.
	Talk Talk
	// Recalls are those in departments that the patient has left.
	Recalls []DepartmentRecall
}

// Certain tells whether the alert stands, and nobody doubts who the patient is.
func (s Sight) Certain() bool { return s.Alert.Open() && s.Alert.Match == Confirmed }

// reattendance is how soon after a departure an arrival is told as a re-attendance.
const reattendance = 24 * time.Hour

// Reattends finds the visit that the patient left less than a day before this arrival, in whichever hospital. A patient who objected there to
// sharing is not spoken of.
func (s Sight) Reattends() (before Attendance, ok bool) {
	arrived := s.Attendance.Arrived()
	for _, v := range s.Before {
		left := v.Left()
		if left.IsZero() || arrived.Before(left) || arrived.Sub(left) > reattendance || v.Consent == plans.Dissent {
			continue
		}
		if !ok || left.After(before.Left()) {
			before, ok = v, true
		}
	}
	return before, ok && s.Certain()
}

// SideBySide fills in what stands beside each of the sights of one board.
func SideBySide(board []Sight) {
	of := map[string][]int{}
	for i, s := range board {
		if s.Certain() {
			of[s.Alert.Attendance] = append(of[s.Alert.Attendance], i)
		}
	}
	for _, together := range of {
		for _, i := range together {
			for _, j := range together {
				if i != j {
					board[i].Beside = append(board[i].Beside, board[j].Plan)
				}
			}
		}
	}
}

// From is the sight as a department has it that shows the alert: also the one that the patient has left, and one that has only the recall.
// For any other it is unchanged.
func (s Sight) From(department string) Sight {
	if r, told := s.RecallIn(department); told {
		s.Alert.Department, s.Alert.Also, s.Alert.Acknowledgement = department, "", nil
		s.Alert.State, s.Alert.StateReason, s.Alert.Recall = Withdrawn, r.Reason, &r.Recall
		s.Attendance.Location = Location{} // where the patient is now is no business of theirs
		return s
	}
	if s.Alert.Also != "" && department == s.Alert.Also {
		s.Alert.Department, s.Alert.Also = s.Alert.Also, s.Alert.Department
	}
	return s
}

// Show tells how much of the plan may be shown to those who stand before the alert at an instant. What was decided may have changed since:
// an agreement can end at any moment, so whatever is given out asks here.
func (s Sight) Show(dir *directory.Directory, now time.Time) directory.Show {
	if !s.Alert.Open() {
		return directory.Nothing
	}
	return s.Shareable(dir, now)
}

// Shareable is Show for a plan that somebody opens whether the alert stands still or not.
func (s Sight) Shareable(dir *directory.Directory, now time.Time) directory.Show {
	live, _ := s.Plan.Live(now)
	withheld, _ := s.Plan.Withheld(s.Attendance.Consent)
	if !live || withheld || s.Alert.Match != Confirmed {
		return directory.Nothing
	}
	show, _ := s.Plan.ShownIn(dir, s.Alert.Department, now)
	return show
}

// LingersUntil is until when those who had the patient may open the plan after the patient left; zero while the patient is there, and where the
// alert ended for another reason: then nobody there has anything to do with the patient.
func (s Sight) LingersUntil(grace time.Duration) time.Time {
	left := s.Attendance.Left()
	if s.Alert.State != Closed || left.IsZero() {
		return time.Time{}
	}
	return left.Add(grace)
}

// Special tells that the patient is specially protected: sensitive for the hospital (PV1-16), or restricted (PDS) for either side.
func (s Sight) Special() bool {
	return s.Attendance.Marks.Sensitive || s.Attendance.Patient.Restricted || s.Plan.Patient.Restricted
}
