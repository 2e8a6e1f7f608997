package rotas

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// Timeline is a rota through all its versions: at each instant it answers as the version of that instant does. It may be used by several
// goroutines.
type Timeline struct {
	zone    *time.Location
	stretch []stretch
}

// stretch is the time of a version, until zero where it holds.
type stretch struct {
	since, until time.Time
	*rota.Rota
}

func (s stretch) covers(t time.Time) bool {
	return !t.Before(s.since) && (s.until.IsZero() || t.Before(s.until))
}

// notThen is why nobody is on outside of all versions.
const notThen = "there was no such rota then"

// Timeline makes the rota ready to be asked. The versions were checked when they were kept.
func (r Rota) Timeline() (*Timeline, error) {
	t := &Timeline{zone: time.UTC}
	for _, v := range r.Versions {
		made, err := rota.New(r.spec(v.Plan))
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", v.Revision, err)
		}
		t.stretch, t.zone = append(t.stretch, stretch{v.Since, v.Until, made}), made.Zone()
	}
	return t, nil
}

// spec is the rota with a plan.
func (r Rota) spec(p Plan) rota.Spec {
	s := rota.Spec{ID: r.ID, Zone: p.Zone, Layers: p.Layers, Holidays: p.Holidays, Swaps: r.Swaps}
	var shifts []rota.Shift
	for _, of := range p.Shifts {
		shifts = append(shifts, rota.Shift{Start: of.Start, End: of.End, Answer: rota.Answer{Person: of.Person}})
	}
	s.Overrides = rota.Planned("shift", shifts, time.Time{})
	for _, o := range r.Overrides {
		if o.held() {
			s.Overrides = append(s.Overrides, o.Override)
		}
	}
	return s
}

// newest is the version that holds, if the rota stands.
func (r Rota) newest() (v Version, stands bool) {
	if n := len(r.Versions); n > 0 {
		v = r.Versions[n-1]
	}
	return v, r.Dropped.IsZero() && v.Revision > 0 && v.Until.IsZero()
}

// Zone is that of the newest version.
func (t *Timeline) Zone() *time.Location { return t.zone }

// At is who is on at an instant.
func (t *Timeline) At(at time.Time) rota.Answer {
	for _, s := range t.stretch {
		if s.covers(at) {
			return s.At(at)
		}
	}
	return rota.Answer{Why: notThen}
}

// Between are the shifts from one instant to before another, as [rota.Rota.Between] has them.
func (t *Timeline) Between(from, to time.Time) (shifts []rota.Shift) {
	from, to = from.UTC().Truncate(time.Second), to.UTC().Truncate(time.Second)
	add := func(more ...rota.Shift) {
		for _, s := range more {
			if n := len(shifts); n > 0 && shifts[n-1].Answer == s.Answer {
				shifts[n-1].End = s.End
				continue
			}
			shifts = append(shifts, s)
		}
	}
	for _, s := range t.stretch {
		begins, ends := later(from, s.since), to
		if !s.until.IsZero() && s.until.Before(to) {
			ends = s.until
		}
		if !begins.Before(ends) {
			continue
		}
		if from.Before(begins) {
			add(rota.Shift{Start: from, End: begins, Answer: rota.Answer{Why: notThen}})
		}
		add(s.Between(begins, ends)...)
		from = ends
	}
	if from.Before(to) {
		add(rota.Shift{Start: from, End: to, Answer: rota.Answer{Why: notThen}})
	}
	return shifts
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// People are all who may be on now or later, in the order of their ids.
func (t *Timeline) People() []string {
	if n := len(t.stretch); n > 0 && t.stretch[n-1].until.IsZero() {
		return t.stretch[n-1].People()
	}
	return nil
}

// Gaps are the times in which nobody is on, in the eight weeks from an instant.
func (t *Timeline) Gaps(now time.Time) []rota.Shift {
	return gapsOf(t.Between(now, now.Add(rota.Ahead)))
}

func gapsOf(shifts []rota.Shift) []rota.Shift {
	return joined(slices.DeleteFunc(slices.Clone(shifts), func(s rota.Shift) bool { return s.Person != "" }))
}

// joined are shifts of one person, or of nobody, with those that follow one another made one: why does not matter.
func joined(shifts []rota.Shift) (out []rota.Shift) {
	for _, s := range shifts {
		if n := len(out); n > 0 && out[n-1].Person == s.Person && out[n-1].End.Equal(s.Start) {
			out[n-1].End = s.End
			continue
		}
		out = append(out, s)
	}
	return out
}

// Answers is a rota that can be asked: of the file, or through its versions.
type Answers interface {
	At(t time.Time) rota.Answer
	Between(from, to time.Time) []rota.Shift
	People() []string
	Gaps(now time.Time) []rota.Shift
	Zone() *time.Location
}

// Difference is a time in which a change puts somebody else on.
type Difference struct {
	Start, End    time.Time
	Before, After string // empty: nobody
}

// Effect is what a change of a rota means for the eight weeks from an instant.
type Effect struct {
	Differences []Difference
	// Gaps are the times in which nobody would be on, Lost those of them in which somebody is on before the change.
	Gaps, Lost []rota.Shift
	// Shifts are as they would be.
	Shifts []rota.Shift
}

// effectOf compares a rota as it is with what it would be. Either may be nil: there is no such rota.
func effectOf(before, after Answers, now time.Time) (e Effect) {
	ends := now.Add(rota.Ahead)
	was, would := between(before, now, ends), between(after, now, ends)
	e.Shifts, e.Gaps = would, gapsOf(would)
	for i, j := 0, 0; i < len(was) && j < len(would); {
		a, b := was[i], would[j]
		start, end := later(a.Start, b.Start), a.End
		if b.End.Before(end) {
			end = b.End
		}
		if a.Person != b.Person {
			e.add(Difference{start, end, a.Person, b.Person})
		}
		if !a.End.After(end) {
			i++
		}
		if !b.End.After(end) {
			j++
		}
	}
	for _, d := range e.Differences {
		if d.After == "" {
			e.Lost = append(e.Lost, rota.Shift{Start: d.Start, End: d.End})
		}
	}
	e.Lost = joined(e.Lost)
	return e
}

func (e *Effect) add(d Difference) {
	if n := len(e.Differences); n > 0 && e.Differences[n-1].End.Equal(d.Start) && e.Differences[n-1].Before == d.Before && e.Differences[n-1].After == d.After {
		e.Differences[n-1].End = d.End
		return
	}
	e.Differences = append(e.Differences, d)
}

func between(of Answers, from, to time.Time) []rota.Shift {
	if of == nil {
		return []rota.Shift{{Start: from.UTC().Truncate(time.Second), End: to.UTC().Truncate(time.Second)}}
	}
	return of.Between(from, to)
}

// rota finds a rota.
func (k Kept) rota(id string) (Rota, bool) {
	i := slices.IndexFunc(k.Rotas, func(r Rota) bool { return r.ID == id })
	if i < 0 {
		return Rota{ID: id}, false
	}
	return k.Rotas[i], true
}

// Policy finds a policy.
func (k Kept) Policy(id string) (Policy, bool) {
	i := slices.IndexFunc(k.Policies, func(p Policy) bool { return p.ID == id })
	if i < 0 {
		return Policy{}, false
	}
	return k.Policies[i], true
}

func (k Kept) line(centre string) (Line, bool) {
	i := slices.IndexFunc(k.Lines, func(l Line) bool { return l.Centre == centre })
	if i < 0 {
		return Line{}, false
	}
	return k.Lines[i], true
}

// PolicyFor is the policy that holds for a department of an organisation and an urgency: the one that names most of the two. Two that name the same
// are not kept.
func (k Kept) PolicyFor(organisation, department string, urgency plans.Urgency) (Policy, bool) {
	var found []Policy
	for _, p := range k.Policies {
		if p.Organisation == organisation && p.isFor(department, urgency) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return Policy{}, false
	}
	return slices.MaxFunc(found, func(a, b Policy) int { return cmp.Compare(a.narrow(), b.narrow()) }), true
}
