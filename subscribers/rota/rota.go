// Package rota answers: who is on call at an instant?
//
// A [Rota] is made once of a [Spec] and depends on nothing else: no clock, no database. For every second, past or future, it gives exactly one
// answer: a person, or nobody with the reason. docs/on-call.md explains it with an example.
//
// Handovers and hours are read on the clock on the department's wall, by one rule for the two nights a year on which that clock is changed:
// a time of the wall clock is the first instant at which the clock shows that time or a later one. So a time that a spring night skips is
// the instant at which the clock is put forward, and a time that an autumn night has twice is the first of the two. (robfig/cron by itself,
// in Europe/London, does not run "30 1 * * *" in the spring night, and runs it twice in the autumn night.)
package rota

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Date is a day of the calendar, such as "2026-12-25".
type Date string

// wall is the beginning of the day on the wall clock. The date was checked.
func (d Date) wall() wall {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0
	}
	return wall(t.Unix())
}

func (d Date) check() error {
	if t, err := time.Parse(time.DateOnly, string(d)); err != nil || t.Year() < 1970 || t.Year() > 2199 {
		return fmt.Errorf("%q is not a date such as 2026-12-25", string(d))
	}
	return nil
}

// Spec is what a rota is made of. Persons are named by their ids, which say nothing of a patient.
type Spec struct {
	ID string `yaml:"id"`
	// Zone is the IANA name of the department's zone.
	Zone string `yaml:"zone"`
	// Layers from the ground up: where a later one has somebody, it covers those before it.
	Layers []Layer `yaml:"layers"`
	// Holidays are the bank holidays of the department's nation.
	Holidays []Date `yaml:"holidays"`
	// Overrides stand above all layers, and so do swaps, once they are accepted; of several the one decided last.
	Overrides []Override `yaml:"overrides"`
	Swaps     []Swap     `yaml:"swaps"`
}

// Layer is a turn that goes round some people.
type Layer struct {
	Name string `yaml:"name" json:"name"`
	// Handover is when the next of the people is on: a cron expression of five fields, on the wall clock. Handovers are at least an hour apart.
	Handover string   `yaml:"handover" json:"handover"`
	People   []string `yaml:"people" json:"people"`
	// First is the day on which the layer begins: the first of the people is on from the first handover on that day or after it. Last is the last
	// day on which a turn begins, and empty if the layer does not end: that turn goes on to its handover.
	First Date `yaml:"first" json:"first"`
	Last  Date `yaml:"last" json:"last,omitempty"`
	// Windows are the hours in which the layer has somebody; none: always. The turn goes round outside of them, too.
	Windows []Window `yaml:"windows" json:"windows,omitempty"`
}

// Override puts a person on, whoever else would be.
type Override struct {
	ID    string    `yaml:"id"`
	Start time.Time `yaml:"start"`
	End   time.Time `yaml:"end"`
	// Instead is whose time is taken over, and only theirs; empty: everybody's, and that of nobody.
	Instead string `yaml:"instead"`
	By      string `yaml:"by"`
	// Decided is when it was; of two that cover the same time the later one holds, of two of one instant that with the greater id.
	Decided time.Time `yaml:"decided"`
}

// covers tells whether an instant is in its time.
func (o Override) covers(t time.Time) bool { return !t.Before(o.Start) && t.Before(o.End) }

// Rota is a checked rota. It may be used by several goroutines.
type Rota struct {
	id       string
	zone     *time.Location
	layers   []*layer
	holidays map[Date]bool
	above    []above // in the order of their decisions
}

// layer is a Layer with its turns.
type layer struct {
	Layer
	*turns
}

// above is an override or one side of an accepted swap, with why in words.
type above struct {
	Override
	why string
}

// mostPeople and mostLayers bound a rota.
const (
	mostPeople = 200
	mostLayers = 50
)

// personID is how persons are named: nothing that a spreadsheet would take for a formula.
var personID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$`)

// New checks a rota. The error names the first fault.
func New(s Spec) (*Rota, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		return nil, fmt.Errorf("rota %s: %q is not a time zone such as Europe/London", s.ID, s.Zone)
	}
	r := &Rota{id: s.ID, zone: zone, holidays: map[Date]bool{}}
	for _, day := range s.Holidays {
		if err := day.check(); err != nil {
			return nil, fmt.Errorf("rota %s: bank holidays: %w", s.ID, err)
		}
		r.holidays[day] = true
	}
	if len(s.Layers) > mostLayers {
		return nil, fmt.Errorf("rota %s: more than %d layers", s.ID, mostLayers)
	}
	names := map[string]bool{}
	for _, of := range s.Layers {
		if of.Name == "" || names[of.Name] {
			return nil, fmt.Errorf("rota %s: each layer needs a name of its own, not %q", s.ID, of.Name)
		}
		names[of.Name] = true
		l, err := newLayer(of, zone)
		if err != nil {
			return nil, fmt.Errorf("rota %s: layer %s: %w", s.ID, of.Name, err)
		}
		r.layers = append(r.layers, l)
	}
	if err := r.stack(s); err != nil {
		return nil, fmt.Errorf("rota %s: %w", s.ID, err)
	}
	return r, nil
}

func newLayer(of Layer, zone *time.Location) (*layer, error) {
	if len(of.People) == 0 || len(of.People) > mostPeople {
		return nil, fmt.Errorf("it needs from 1 to %d people", mostPeople)
	}
	for _, id := range of.People {
		if !personID.MatchString(id) {
			return nil, fmt.Errorf("%q does not name a person", id)
		}
	}
	if err := of.First.check(); err != nil {
		return nil, fmt.Errorf("first: %w", err)
	}
	if of.Last != "" {
		if err := of.Last.check(); err != nil {
			return nil, fmt.Errorf("last: %w", err)
		}
		if of.Last < of.First {
			return nil, errors.New("its last day is before its first")
		}
	}
	for _, w := range of.Windows {
		if err := w.check(); err != nil {
			return nil, err
		}
	}
	t, err := newTurns(of, zone)
	if err != nil {
		return nil, err
	}
	return &layer{of, t}, nil
}

// stack puts overrides and accepted swaps in the order in which they were decided.
func (r *Rota) stack(s Spec) error {
	for _, o := range s.Overrides {
		if err := o.check(); err != nil {
			return err
		}
		r.above = append(r.above, above{o, "override"})
	}
	for _, swap := range s.Swaps {
		if err := swap.check(); err != nil {
			return err
		}
		for _, o := range swap.agreed() {
			r.above = append(r.above, above{o, "swap"})
		}
	}
	slices.SortStableFunc(r.above, func(a, b above) int {
		return cmp.Or(a.Decided.Compare(b.Decided), cmp.Compare(a.ID, b.ID))
	})
	return nil
}

func (o Override) check() error {
	switch {
	case o.ID == "":
		return errors.New("an override needs an id")
	case !personID.MatchString(o.By):
		return fmt.Errorf("override %s: %q does not name a person", o.ID, o.By)
	case o.Instead != "" && !personID.MatchString(o.Instead):
		return fmt.Errorf("override %s: %q does not name a person", o.ID, o.Instead)
	case !o.Start.Before(o.End):
		return fmt.Errorf("override %s: it must end after it begins", o.ID)
	case !whole(o.Start) || !whole(o.End):
		return fmt.Errorf("override %s: it must begin and end on whole seconds", o.ID)
	}
	return nil
}

// whole tells whether an instant is the beginning of a second.
func whole(t time.Time) bool { return t.Nanosecond() == 0 }
