package plans

import (
	"errors"
	"slices"
	"time"
)

// Saying is one of the things that a plan can state about resuscitation, the ceiling of treatment or an advance decision.
type Saying string

// The sayings.
const (
	ForCPR    Saying = "for-cpr"
	NotForCPR Saying = "not-for-cpr"

	// The ceilings of treatment, from the lowest.
	ComfortOnly          Saying = "comfort-only"
	ReversibleAtHome     Saying = "reversible-at-home"
	ReversibleInHospital Saying = "reversible-in-hospital"
	FullTreatment        Saying = "full-treatment"

	// RefusesTreatment: an advance decision to refuse treatment was made. RefusalRetracted: it was taken back.
	RefusesTreatment Saying = "refuses-treatment"
	RefusalRetracted Saying = "refusal-retracted"
)

// Standing is what a plan says about one matter of which only the newest statement holds.
type Standing struct {
	// Says is what holds; empty if the plan states nothing, or what it stated has ended.
	Says Saying `json:"says,omitempty"`
	// Since is when that was stated, as precisely as the centre says; may be empty.
	Since Date `json:"since,omitempty"`
	// Words are those of the centre, where they add something.
	Words string `json:"words,omitempty"`
	// Earlier is what was said before, if that was something else: it holds no longer.
	Earlier *Earlier `json:"earlier,omitempty"`
}

// Earlier is a statement that holds no longer.
type Earlier struct {
	Says  Saying `json:"says"`
	Since Date   `json:"since,omitempty"`
	// Version of the plan that said it; 0 if the plan itself still tells of it.
	Version int `json:"version,omitempty"`
}

// Reversed tells whether what holds is not what was said before.
func (s Standing) Reversed() bool { return s.Says != "" && s.Earlier != nil }

// after keeps what the version before said.
func (s Standing) after(before Standing, version int) Standing {
	earlier := before.Earlier
	if before.Says != "" {
		if before.Says != s.Says {
			s.Earlier = &Earlier{before.Says, before.Since, version}
			return s
		}
	}
	if s.Earlier == nil && earlier != nil && earlier.Says != s.Says {
		s.Earlier = earlier
	}
	return s
}

// Stated is one statement as a plan makes it.
type Stated struct {
	Says Saying
	// From and Until bound the moment of the statement, as precisely as it is given: a day begins at From and ends before Until. Both are
	// zero for a statement without a date.
	From, Until time.Time
	// Since is the day to show.
	Since Date
	Words string
	// Ended tells that the statement holds no longer.
	Ended bool
}

// laterThan tells whether a statement was made after another one for certain.
func (s Stated) laterThan(o Stated) bool {
	return !o.From.IsZero() && s.From.After(o.From) && !s.From.Before(o.Until)
}

// ErrUnclear is returned where two statements contradict each other and nothing tells which is the newer.
var ErrUnclear = errors.New("two statements contradict each other, and their dates do not tell which is the newer")

// Newest finds what holds among statements about one matter, in any order: the newest that has not ended. What was said before, and
// differs, is kept beside it. The error is ErrUnclear.
func Newest(statements []Stated) (Standing, error) {
	var held []Stated
	for _, s := range statements {
		if !s.Ended {
			held = append(held, s)
		}
	}
	var out Standing
	if len(held) > 0 {
		top := slices.MaxFunc(held, func(a, b Stated) int { return a.From.Compare(b.From) })
		for _, other := range held {
			if other.Says != top.Says && !top.laterThan(other) {
				return Standing{}, ErrUnclear
			}
		}
		out = Standing{Says: top.Says, Since: top.Since, Words: top.Words}
	}
	var before *Stated
	for i, s := range statements {
		if s.Says != out.Says && (before == nil || s.From.After(before.From)) {
			before = &statements[i]
		}
	}
	if before != nil {
		out.Earlier = &Earlier{Says: before.Says, Since: before.Since}
	}
	return out, nil
}
