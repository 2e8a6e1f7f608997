// Package privacy answers: who opened a plan without its patient before them, or one that is specially protected, why, and was that right?
package privacy

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/journal"
)

// Why is the reason that somebody chose.
type Why string

// The reasons. Each needs words of one's own only where it says nothing by itself, or where the patient is specially protected.
const (
	// PatientHere: the patient is here and no arrival was told, because a feed stands still or the patient is nowhere registered.
	PatientHere Why = "patient-here"
	// Coming: the patient is on the way here.
	Coming Why = "coming"
	// AfterLeaving: care goes on after the patient left.
	AfterLeaving Why = "after-leaving"
	// Advice: whoever has the patient asked for advice.
	Advice Why = "advice"
	// Other: the words say it.
	Other Why = "other"
)

// whys are the reasons in words, as the journal has them.
var whys = map[Why]string{
	PatientHere:  "the patient is here, and no arrival was told",
	Coming:       "the patient is on the way here",
	AfterLeaving: "care goes on after the patient left",
	Advice:       "whoever has the patient asked for advice",
	Other:        "another reason",
}

func (w Why) String() string { return whys[w] }

// The lengths of what is written, in characters.
const (
	longestWords = 500
	// fewestWords is how much must be written where words are needed: more than a dot.
	fewestWords = 10
)

// Opening is leave to read a plan for a while that somebody gave themselves by saying why.
type Opening struct {
	// ID is ours: random, without meaning.
	ID string
	// Plan, and its centre's ODS code.
	Plan, Centre string
	// Alert is the one of an arrival in the reader's own organisation; empty where there was none.
	Alert string
	By    journal.Actor
	// Glass tells that the patient was not before the reader, as far as the service knows. Without it, the patient was, and is specially protected.
	Glass bool
	// Special tells that the patient is sensitive (PV1-16) or restricted (PDS), or was said to be.
	Special bool
	Why     Why
	// Words are the reader's own. They may name the patient: they are shown to whoever judges the opening, and stand in no journal and no log.
	Words     string
	At, Until time.Time
	// Finding is what a second person said; nil until then.
	Finding *Finding
}

// Finding is what a second person found about an opening.
type Finding struct {
	By     journal.Actor
	At     time.Time
	Upheld bool
	Words  string
}

// Errors that callers act on.
var (
	// ErrWhy is returned for a reason that is none, or that lacks the words it needs.
	ErrWhy = errors.New("the reason is not one of the list, or needs to be said in words of one's own")
	// ErrNoOpening is returned for an opening that is not held.
	ErrNoOpening = errors.New("no such opening")
	// ErrJudged is returned for an opening about which somebody has said something already.
	ErrJudged = errors.New("somebody else has looked at it already")
	// ErrOwn is returned to those who judge what they did themselves.
	ErrOwn = errors.New("a second person looks at it, not the one who opened the plan")
	// ErrFinding is returned for a finding without words.
	ErrFinding = errors.New("a finding is said in words")
)

// Begin makes an opening of what was asked for: its id, its time and its end. It returns [ErrWhy] where the reason is not enough: words are
// needed for another reason than those of the list, and whenever the glass is broken for somebody who is specially protected.
func Begin(o Opening, now time.Time, lasts time.Duration) (Opening, error) {
	o.Words = strings.TrimSpace(o.Words)
	length := utf8.RuneCountInString(o.Words)
	if whys[o.Why] == "" || !utf8.ValidString(o.Words) || length > longestWords || (o.Why == Other || o.Glass && o.Special) && length < fewestWords {
		return Opening{}, ErrWhy
	}
	o.ID, o.At, o.Until, o.Finding = strings.ToLower(rand.Text()), now, now.Add(lasts), nil
	return o, nil
}

// Holds tells whether somebody may read the plan at an instant because of the opening.
func (o Opening) Holds(by journal.Actor, now time.Time) bool {
	return o.By == by && now.Before(o.Until)
}

// Entry is the opening as the journal has it: who, which plan, and the reason that was chosen.
func (o Opening) Entry() journal.Entry {
	e := journal.Entry{Time: o.At, Kind: journal.ReasonStated, Actor: o.By, Subject: o.Plan, Reason: "opening " + o.ID + ": " + o.Why.String()}
	if o.Glass {
		e.Kind = journal.GlassBroken
	}
	if o.Special {
		e.Reason += "; specially protected"
	}
	return e
}

// Judge makes a finding about an opening. Errors: [ErrJudged], [ErrOwn], [ErrFinding].
func (o Opening) Judge(by journal.Actor, upheld bool, words string, now time.Time) (Finding, error) {
	words = strings.TrimSpace(words)
	switch {
	case o.Finding != nil:
		return Finding{}, ErrJudged
	case o.By.Name == by.Name:
		return Finding{}, ErrOwn
	case words == "" || !utf8.ValidString(words) || utf8.RuneCountInString(words) > longestWords:
		return Finding{}, ErrFinding
	}
	return Finding{By: by, At: now, Upheld: upheld, Words: words}, nil
}

// Entry is a finding about an opening as the journal has it.
func (f Finding) Entry(o Opening) journal.Entry {
	verdict := "not upheld"
	if f.Upheld {
		verdict = "upheld"
	}
	return journal.Entry{Time: f.At, Kind: journal.GlassJudged, Actor: f.By, Subject: o.Plan, Reason: "opening " + o.ID + ": " + verdict}
}

// Openings keeps openings.
type Openings interface {
	// KeepOpening keeps an opening and its journal entry: both or none. When it returns nil they are durable.
	KeepOpening(ctx context.Context, o Opening) error
	// Opening returns an opening, or [ErrNoOpening].
	Opening(ctx context.Context, id string) (Opening, error)
	// StandingOpening is the newest opening of somebody for a plan that holds still, or [ErrNoOpening].
	StandingOpening(ctx context.Context, by journal.Actor, plan string, now time.Time) (Opening, error)
	// Broken are the broken glasses, those that nobody has looked at first, the oldest of them first; then the others, the newest first.
	Broken(ctx context.Context, since time.Time, limit int) ([]Opening, error)
	// OpeningsOf are all openings of a plan, the newest first.
	OpeningsOf(ctx context.Context, plan string) ([]Opening, error)
	// OpeningsFor are the broken glasses of a centre's plans since an instant, the newest first.
	OpeningsFor(ctx context.Context, centre string, since time.Time, limit int) ([]Opening, error)
	// KeepFinding keeps what was found about an opening and its journal entry: both or none. It returns [ErrJudged] if somebody was first.
	KeepFinding(ctx context.Context, o Opening, f Finding) error
}
