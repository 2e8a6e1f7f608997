package rota

import (
	"slices"
	"time"
)

// Answer is who is on, with why.
type Answer struct {
	// Person is empty if nobody is on.
	Person string
	// Why says in words where that is written.
	Why string
}

// Shift is a time in which the answer is the same: from Start to before End.
type Shift struct {
	Start, End time.Time
	Answer
}

// nobody is the answer where no layer has anybody.
const nobody = "no layer of the rota has anybody then"

// Zone is the zone of the department.
func (r *Rota) Zone() *time.Location { return r.zone }

// People are all who may ever be on, in the order of their ids.
func (r *Rota) People() (ids []string) {
	for _, l := range r.layers {
		ids = append(ids, l.People...)
	}
	for _, o := range r.above {
		ids = append(ids, o.By)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// At is who is on at an instant.
func (r *Rota) At(t time.Time) Answer {
	return r.at(t, func(l *layer) []span { return r.hours(l, t, t.Add(time.Second)) })
}

// at answers with the hours of each layer around the instant, which are asked for only where they matter.
func (r *Rota) at(t time.Time, hours func(*layer) []span) Answer {
	a := Answer{Why: nobody}
	for _, l := range slices.Backward(r.layers) {
		if n, begun := l.turn(t); begun && l.counts(t, hours) {
			a = Answer{Person: l.People[n%len(l.People)], Why: "layer " + l.Name}
			break
		}
	}
	for _, o := range r.above {
		if o.covers(t) && (o.Instead == "" || o.Instead == a.Person) {
			a = Answer{Person: o.By, Why: o.words(a.Person)}
		}
	}
	return a
}

// counts tells whether the layer has somebody at an instant, by its windows.
func (l *layer) counts(t time.Time, hours func(*layer) []span) bool {
	if len(l.Windows) == 0 {
		return true
	}
	return slices.ContainsFunc(hours(l), func(s span) bool { return s.covers(t) })
}

// words say whose time it was.
func (o above) words(instead string) string {
	if instead == "" || instead == o.By {
		return o.why + " " + o.ID
	}
	return o.why + " " + o.ID + ", instead of " + instead
}

// Between are the shifts from one instant to before another, without a gap between them: where nobody is on, the shift says so. Neighbours
// differ. Instants are taken as whole seconds; if to is not after from there are none.
func (r *Rota) Between(from, to time.Time) []Shift {
	from, to = from.UTC().Truncate(time.Second), to.UTC().Truncate(time.Second)
	if !from.Before(to) {
		return nil
	}
	edges, hours := r.edges(from, to)
	at := func(l *layer) []span { return hours[l] }
	var shifts []Shift
	for i, second := range edges[:len(edges)-1] {
		start, end := time.Unix(second, 0).UTC(), time.Unix(edges[i+1], 0).UTC()
		a := r.at(start, at)
		if n := len(shifts); n > 0 && shifts[n-1].Answer == a {
			shifts[n-1].End = end
			continue
		}
		shifts = append(shifts, Shift{start, end, a})
	}
	return shifts
}

// edges are from, to, and whatever instants lie between them at which the answer may change, in order and once each; and the hours of each
// layer that has windows.
func (r *Rota) edges(from, to time.Time) (edges []int64, hours map[*layer][]span) {
	edges, hours = []int64{from.Unix(), to.Unix()}, map[*layer][]span{}
	for _, l := range r.layers {
		edges = append(edges, l.edges(from, to)...)
		hours[l] = r.hours(l, from, to)
		for _, s := range hours[l] {
			edges = append(edges, s.start.Unix(), s.end.Unix())
		}
	}
	for _, o := range r.above {
		edges = append(edges, o.Start.Unix(), o.End.Unix())
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	first, _ := slices.BinarySearch(edges, from.Unix())
	last, _ := slices.BinarySearch(edges, to.Unix())
	return edges[first : last+1], hours
}

// Ahead is how far ahead gaps are looked for: eight weeks.
const Ahead = 8 * 7 * 24 * time.Hour

// Gaps are the times in which nobody is on, in the eight weeks from an instant.
func (r *Rota) Gaps(now time.Time) []Shift {
	return slices.DeleteFunc(r.Between(now, now.Add(Ahead)), func(s Shift) bool { return s.Person != "" })
}
