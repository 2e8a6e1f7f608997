// Package rotas answers: who is on call by what people keep in the service, and what would a change of that mean?
//
// A [Rota] has versions, so that the past is answered as the rota stood then. What a change does is worked out before it holds ([Effect]), and
// one that could silence an alert waits for a second person (package changes). What on_call.file says ([File]) stands beside what is kept, and is
// never changed here.
package rotas

import (
	"errors"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// Rota is a rota that is kept. It is an organisation's, whose people are on it.
type Rota struct {
	ID, Organisation string
	// Dropped is since when it is gone; zero while it stands.
	Dropped time.Time
	// Versions in the order of their revisions. Of what is over by now a reader may have left out the oldest.
	Versions  []Version
	Overrides []Override
	Swaps     []rota.Swap
}

// Version is what a rota was made of from an instant to before another.
type Version struct {
	// Revision numbers the versions of a rota from 1.
	Revision int
	// Since and Until are whole seconds; Until is zero while the version holds.
	Since, Until time.Time
	By           string
	Plan
}

// Plan is what a rota is made of, without who stands in for whom.
type Plan struct {
	// Name is what people call the rota.
	Name string `json:"name"`
	// Zone is an IANA name.
	Zone     string       `json:"zone"`
	Layers   []rota.Layer `json:"layers"`
	Holidays []rota.Date  `json:"holidays,omitempty"`
	// Shifts are those of a spreadsheet: they stand above all layers, below overrides and swaps.
	Shifts []Planned `json:"shifts,omitempty"`
}

// Planned is a shift of a spreadsheet.
type Planned struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Person string    `json:"person"`
}

// Override puts somebody on, with who decided that. One that was cancelled after it began ended then.
type Override struct {
	rota.Override
	DecidedBy string
	Cancelled time.Time
}

// held tells whether the override ever has a time: it was not cancelled before it began.
func (o Override) held() bool { return o.Cancelled.IsZero() || o.Cancelled.After(o.Start) }

// Policy is what happens while nobody answers an alert of some departments of an organisation.
type Policy struct {
	ID, Organisation string
	Revision         int
	Terms
}

// Terms are what a policy says.
type Terms struct {
	Name string `json:"name"`
	// Departments and Urgencies are what it is for; none: all of the organisation's, and all.
	Departments []string          `json:"departments,omitempty"`
	Urgencies   []plans.Urgency   `json:"urgencies,omitempty"`
	Again       int               `json:"again,omitempty"`
	Steps       []escalation.Step `json:"steps"`
}

// Steps of the terms as package escalation takes them.
func (t Terms) policy() escalation.Policy { return escalation.Policy{Steps: t.Steps, Again: t.Again} }

// Line is a centre's own line: the rota of whoever is on for its plans.
type Line struct {
	Centre, Rota string
	Revision     int
}

// Kept is everything that is kept, at one instant.
type Kept struct {
	Rotas    []Rota
	Policies []Policy
	Lines    []Line
}

// File is what on_call.file has, which is not changed here.
type File struct {
	Rotas    []FileRota
	People   map[string]string // names by id
	Lines    map[string]string // ids of rotas by centre
	Policies []Policy          // without ids; the first that fits holds
}

// FileRota is a rota of the file.
type FileRota struct {
	ID string
	Answers
}

// has tells whether a rota is the file's.
func (f File) has(id string) bool {
	return slices.ContainsFunc(f.Rotas, func(r FileRota) bool { return r.ID == id })
}

// Person is somebody who can be put on a rota.
type Person struct {
	// ID is the name of the account, or the id of a person of the file.
	ID, Name, Role string
	// Organisations are those for which the person works; nil for people of the file, who may be on any rota.
	Organisations []string
	// Reachable tells that some channel reaches them now.
	Reachable bool
}

// fits tells whether a person may be put on a rota of an organisation.
func (p Person) fits(organisation string) bool {
	return p.Organisations == nil || slices.Contains(p.Organisations, organisation)
}

// The faults that a caller can act on.
var (
	ErrNone    = errors.New("there is no such rota, policy, override or swap")
	ErrStale   = errors.New("somebody has changed it meanwhile")
	ErrOfFile  = errors.New("it is kept in the file of the configuration, and changed there")
	ErrNamed   = errors.New("a policy or a centre's line names the rota: change that first")
	ErrOver    = errors.New("its time is over")
	ErrNotOn   = errors.New("only who is on for the whole of a time can give it away in a swap")
	ErrNoFeed  = errors.New("there is no such calendar")
	ErrForeign = errors.New("it belongs to another organisation")
)

// Fault is something in what was sent that must be put right, and where: a path such as "layers/0/handover".
type Fault struct{ At, Words string }

// FaultsError refuses something for its faults.
type FaultsError []Fault

func (e FaultsError) Error() string { return e[0].Words }

// zoneOf is a zone that was checked; where it cannot be loaded, that of the service's departments.
func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone, err = time.LoadLocation(directory.DefaultTimeZone)
	}
	if err != nil {
		return time.UTC
	}
	return zone
}
