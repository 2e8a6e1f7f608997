package alerts

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/journal"
)

// LineKind says what somebody said about an alert.
type LineKind string

// The kinds of lines.
const (
	// Question: the department asks the centre that wrote the plan.
	Question LineKind = "question"
	// Dispute: the department says that the plan is wrong or out of date.
	Dispute LineKind = "dispute"
	// Answer: the centre answers a question or a dispute.
	Answer LineKind = "answer"
)

// Line is one thing that the department or the centre said about an alert. Its text is clinical: it is shown to these two only, and never
// stands in the journal. A line masks itself when it is printed.
type Line struct {
	ID string
	// Alert, and the plan in the version that the line is about.
	Alert, Plan string
	Version     int
	// Centre is the ODS code of the plan's centre, Department the one that the alert was in.
	Centre, Department string
	Kind               LineKind
	// Answers is the line that an answer answers; empty for others.
	Answers string
	Text    string
	By      journal.Actor
	At      time.Time
	// Open tells that a question or a dispute was not answered.
	Open bool
	// Read is when the other side first had the line before it; zero until then.
	Read time.Time
}

// String tells nothing of what was said.
func (l Line) String() string { return string(l.Kind) + " " + l.ID }

// GoString masks the line in %#v.
func (l Line) GoString() string { return l.String() }

// Waits tells whether a line still waits for the centre, whose plan has the given version now: a question until it is answered, a dispute
// until it is answered or the plan is revised.
func (l Line) Waits(version int) bool {
	return l.Open && (l.Kind == Question || l.Kind == Dispute && version <= l.Version)
}

// Changed is what a plan changed for a visit.
type Changed string

// What a plan can have changed.
const (
	AvoidedAdmission Changed = "avoided-admission"
	ChangedMedicine  Changed = "changed-medicine"
	ChangedTreatment Changed = "changed-treatment"
	NoDifference     Changed = "no-difference"
	NotFollowed      Changed = "not-followed"
)

// AllChanged are the answers to what a plan changed, in the order in which they are offered.
var AllChanged = []Changed{AvoidedAdmission, ChangedMedicine, ChangedTreatment, NoDifference, NotFollowed}

// Effect is what a plan changed for the visit to one department, as somebody there said last.
type Effect struct {
	Alert, Department, Plan string
	Version                 int
	Changed                 Changed
	By                      journal.Actor
	At                      time.Time
}

// Talk is what a board shows of the lines about an alert: how many, never what they say.
type Talk struct {
	// Questions were asked, Unanswered of them wait; Unread answers were not read in the department; Disputes wait.
	Questions, Unanswered, Unread, Disputes int
	// Outcome is what the plan changed in the department where the alert is; empty if nobody said.
	Outcome Changed
}

// MaxLine is how long a line may be, in characters; mostLines how many an alert may have.
const (
	MaxLine   = 1000
	mostLines = 100
)

// TalkFor is how long after the patient left a department may still ask, read answers and say what the plan changed.
const TalkFor = 7 * 24 * time.Hour

// Errors of talking that a caller can act on.
var (
	ErrNoLine = errors.New("no such question")
	// ErrNotWaiting: the line was answered already, or is none that waits for an answer.
	ErrNotWaiting = errors.New("the question was answered already")
	// ErrLine: the text is empty or too long.
	ErrLine = fmt.Errorf("a text of 1 to %d characters is needed", MaxLine)
	// ErrLines: too much was said about the alert already.
	ErrLines = fmt.Errorf("an alert has at most %d questions and answers", mostLines)
	// ErrChanged: it is none of the answers to what a plan changed.
	ErrChanged = errors.New("it is none of the answers to what the plan changed")
)

// Talking tells whether the department of an alert may still talk about it: while it is open, and for some days after the patient left.
func (s Sight) Talking(now time.Time) bool {
	if s.Alert.Match != Confirmed {
		return false
	}
	if s.Alert.Open() {
		return true
	}
	left := s.Attendance.Left()
	if left.IsZero() {
		left = s.Alert.Raised
	}
	return s.Alert.State == Closed && now.Before(left.Add(TalkFor))
}

// ReadLine makes a text of what was typed: without control characters, which no screen should obey, and without space around it.
//
// Errors: ErrLine.
func ReadLine(typed string) (string, error) {
	text := strings.Map(func(c rune) rune {
		switch {
		case c == '\n':
			return c
		case c == '\t':
			return ' '
		case unicode.IsControl(c), c == utf8.RuneError:
			return -1
		}
		return c
	}, strings.ReplaceAll(typed, "\r\n", "\n"))
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxLine {
		return "", ErrLine
	}
	return text, nil
}
