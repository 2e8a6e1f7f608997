// Package subscriptions answers: who wanted to be told of what has happened, and may be?
//
// What happens to an alert is found by comparing how it stands with how it stood when it was looked at last ([Happened]). An [Index] finds whom
// that concerns, without looking at everybody's subscriptions. A [Router] follows the journal by a position that is kept with what follows from
// it, so that everything is routed once, by whichever node, also after a crash. What is to be told is a row before it is told.
package subscriptions

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Event is what can happen that somebody may want to know.
type Event string

// The events.
const (
	// Arrived: an alert came to stand, because the patient came or because the plan did.
	Arrived Event = "arrived"
	// Moved: the patient is in another department, whose board has the alert now.
	Moved Event = "moved"
	// Admitted: the patient came through the department and is elsewhere in the hospital.
	Admitted Event = "admitted"
	// Departed: the patient has left.
	Departed Event = "departed"
	// Revised: there is a newer version of the plan while the alert stands.
	Revised Event = "revised"
	// Overdue: the day on which the plan was to be reviewed has gone by. It is about a plan, not about an alert.
	Overdue Event = "overdue"
	// Questioned: a department asked the centre about the plan, or said that it is wrong.
	Questioned Event = "question"
	// Recalled: the plan was withdrawn, or marked as entered in error, after it had been shown.
	Recalled Event = "recall"
	// Answered: somebody acknowledged the alert.
	Answered Event = "acknowledged"
	// Outcome: a department said what the plan changed.
	Outcome Event = "outcome"
)

// Events are all events, in the order of a visit.
func Events() []Event {
	return []Event{Arrived, Moved, Admitted, Departed, Revised, Overdue, Questioned, Recalled, Answered, Outcome}
}

// lasts tells whether an event is worth telling after the alert has gone.
func (e Event) lasts() bool {
	switch e {
	case Departed, Overdue, Recalled, Answered, Outcome:
		return true
	}
	return false
}

// Wanted is what somebody wants to be told. Of each list one must hold, an empty list holds for all; Plans and Lists are one condition, and so are
// Departments, Organisations and Regions.
type Wanted struct {
	// Name is what its owner calls it; it may name a patient.
	Name string `json:"-"`
	// Plans are ids; Lists are those of lists of plans, which the owner keeps.
	Plans []string `json:"plans,omitempty"`
	Lists []string `json:"lists,omitempty"`
	// Centres are ODS codes, Categories SNOMED CT codes of kinds of plan.
	Centres    []string `json:"centres,omitempty"`
	Categories []string `json:"categories,omitempty"`
	// Departments, Organisations and Regions are by their ids in the directory.
	Departments   []string        `json:"departments,omitempty"`
	Organisations []string        `json:"organisations,omitempty"`
	Regions       []string        `json:"regions,omitempty"`
	Urgencies     []plans.Urgency `json:"urgencies,omitempty"`
	// Events has at least one.
	Events []Event `json:"events"`
	// Hours are when to be told at all; none: always. What comes in a time of Quiet is told when that is over, unless CrossQuiet and the urgency is
	// one that may cross it.
	Hours      []Window `json:"hours,omitempty"`
	Quiet      []Window `json:"quiet,omitempty"`
	CrossQuiet bool     `json:"cross_quiet,omitempty"`
	// Zone is the IANA name of the zone of Hours and Quiet.
	Zone string `json:"zone"`
	// Until is when it ends; zero: it does not.
	Until time.Time `json:"until,omitzero"`
	// Paused: it is kept, and nobody is told.
	Paused bool `json:"paused,omitempty"`
	// People are the names of the accounts of a team; none where it is somebody's own.
	People []string `json:"-"`
}

// Subscription is something that is wanted, and by whom.
type Subscription struct {
	ID string
	// Revision begins at 1 and grows by one.
	Revision int
	// Person is the name of the account whose it is, in a Role at an Organisation. A team's has none: it belongs to whoever leads in the organisation,
	// and Role is that of who made it.
	Person       string
	Role         access.Role
	Organisation string
	Wanted
	// By saved it last.
	By      string
	Changed time.Time
}

// Team tells whether it is a team's.
func (s Subscription) Team() bool { return s.Person == "" }

// Tells are the names of whoever is told.
func (s Subscription) Tells() []string {
	if s.Team() {
		return s.People
	}
	return []string{s.Person}
}

// Names tells whether somebody who works in a post is told by it.
func (s Subscription) Names(who journal.Actor) bool {
	if s.Organisation != who.Organisation {
		return false
	}
	if s.Team() {
		return slices.Contains(s.People, who.Name)
	}
	return s.Person == who.Name && string(s.Role) == who.Role
}

// Live tells whether somebody is told by it at an instant, whatever its hours.
func (s Subscription) Live(at time.Time) bool {
	return !s.Paused && (s.Until.IsZero() || at.Before(s.Until))
}

// List is plans that somebody wants to have together, such as those of the patients whom they look after.
type List struct {
	ID       string
	Revision int
	// Whose it is, as in [Subscription].
	Person       string
	Role         access.Role
	Organisation string
	Name         string
	Plans        []Listed
	Changed      time.Time
}

// Listed is a plan on a list. Label is what the list's owner calls it; it may name the patient.
type Listed struct{ Plan, Label string }

// Of tells whether a list is that of somebody who works in a post.
func (l List) Of(who journal.Actor) bool {
	return l.Person == who.Name && string(l.Role) == who.Role && l.Organisation == who.Organisation
}

// The bounds of what can be kept.
const (
	MostOwn     = 100
	MostTeams   = 500
	MostLists   = 50
	MostListed  = 1000
	MostName    = 80
	mostEntries = 200
	mostWindows = 20
)

// The faults that a caller can act on.
var (
	ErrNone    = errors.New("there is no such subscription")
	ErrNoList  = errors.New("there is no such list")
	ErrChanged = errors.New("it was changed meanwhile")
	ErrMany    = errors.New("there are too many already")
)

// FaultError says what is wrong with something wanted, in words for who wanted it.
type FaultError struct{ Words string }

func (e FaultError) Error() string { return e.Words }

func fault(format string, args ...any) error { return FaultError{fmt.Sprintf(format, args...)} }

var idShape = regexp.MustCompile(`^[A-Za-z0-9._@|-]{1,64}$`)

// Check puts something wanted in order, and returns it, or a [FaultError]. named asks for a name.
func (w Wanted) Check(named bool) (Wanted, error) {
	var err error
	if w.Name, err = Words("name", w.Name, named); err != nil {
		return w, err
	}
	for _, list := range []struct {
		what string
		ids  *[]string
	}{
		{"plans", &w.Plans}, {"lists", &w.Lists}, {"centres", &w.Centres}, {"categories", &w.Categories}, {"departments", &w.Departments},
		{"organisations", &w.Organisations}, {"regions", &w.Regions}, {"people", &w.People},
	} {
		if *list.ids, err = ids(list.what, *list.ids); err != nil {
			return w, err
		}
	}
	for _, u := range w.Urgencies {
		if u != plans.Routine && u != plans.Urgent && u != plans.Critical {
			return w, fault("urgencies: %q is none of routine, urgent and critical.", string(u))
		}
	}
	if len(w.Events) == 0 {
		return w, fault("events: choose at least one.")
	}
	for _, e := range w.Events {
		if !slices.Contains(Events(), e) {
			return w, fault("events: there is no event %q.", string(e))
		}
	}
	w.Urgencies, w.Events = once(w.Urgencies), once(w.Events)
	if w.Zone == "" {
		w.Zone = defaultZone
	}
	if _, err := time.LoadLocation(w.Zone); err != nil || w.Zone == "Local" {
		return w, fault("zone: %q is no zone such as Europe/London.", w.Zone)
	}
	if err := checkWindows("hours", w.Hours); err != nil {
		return w, err
	}
	return w, checkWindows("quiet", w.Quiet)
}

// Words is text that somebody typed into a field, on one line; at most [MostName] characters.
func Words(field, typed string, needed bool) (string, error) {
	text := strings.TrimSpace(typed)
	switch {
	case text == "" && needed:
		return "", fault("%s: give it one.", field)
	case utf8.RuneCountInString(text) > MostName:
		return "", fault("%s: at most %d characters.", field, MostName)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return "", fault("%s: letters, digits and signs only, on one line.", field)
	}
	return text, nil
}

// ids are what a list names, each once, in order.
func ids(what string, list []string) ([]string, error) {
	if len(list) > mostEntries {
		return nil, fault("%s: at most %d.", what, mostEntries)
	}
	for _, id := range list {
		if !idShape.MatchString(id) {
			return nil, fault("%s: that is not an id.", what)
		}
	}
	return once(list), nil
}

// once is each value once, in order; nil for none.
func once[T ~string](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
