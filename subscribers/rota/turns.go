package rota

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// handoverParser reads the five fields of a cron expression. Words such as @daily, and zones, are not read: the zone is the department's.
var handoverParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// turns are the handovers of a layer, as instants. They are worked out as far as somebody asked, and kept.
type turns struct {
	zone     *time.Location
	schedule cron.Schedule

	mu   sync.Mutex
	next wall    // the handover after those that are known
	last wall    // no turn begins then or later
	at   []int64 // when each turn begins, seconds since 1970, in order; two may begin at one instant, where the clock is put forward
	over int64   // when the last turn ends; zero: not known, or never
	all  bool    // there are no more
}

const (
	// shortestTurn is the least time between two handovers, on the wall clock.
	shortestTurn = 60 * minute
	// looked is how many handovers are looked at for that: an expression has the same times on each of its days.
	looked = 100
	never  = wall(1 << 60)
)

func newTurns(of Layer, zone *time.Location) (*turns, error) {
	if strings.Contains(of.Handover, "TZ=") {
		return nil, errors.New("handover: the zone is the department's, and is not written")
	}
	schedule, err := handoverParser.Parse(of.Handover)
	if err != nil {
		return nil, fmt.Errorf("handover %q: %w", of.Handover, err)
	}
	t := &turns{zone: zone, schedule: schedule, last: never}
	if of.Last != "" {
		t.last = of.Last.wall() + day
	}
	t.next = t.after(of.First.wall() - 1)
	if t.next == never {
		return nil, fmt.Errorf("handover %q: there is no such time", of.Handover)
	}
	for i, w := 0, t.next; i < looked; i++ {
		following := t.after(w)
		if following-w < shortestTurn {
			return nil, fmt.Errorf("handover %q: less than an hour apart", of.Handover)
		}
		if w = following; w == never {
			break
		}
	}
	return t, nil
}

// after is the first handover on the wall clock after a reading; never if there is none within years.
func (t *turns) after(w wall) wall {
	next := t.schedule.Next(w.clock())
	if next.IsZero() {
		return never
	}
	return wall(next.Unix())
}

// reach works the turns out until one begins after an instant. The turns are locked.
func (t *turns) reach(second int64) {
	for !t.all && (len(t.at) == 0 || t.at[len(t.at)-1] <= second) {
		switch {
		case t.next == never:
			t.all = true
		case t.next >= t.last:
			t.all = true
			if len(t.at) > 0 {
				t.over = instant(t.zone, t.next).Unix()
			}
		default:
			t.at = append(t.at, instant(t.zone, t.next).Unix())
			t.next = t.after(t.next)
		}
	}
}

// turn is which turn it is at an instant, from 0; ok is false before the first and after the last.
func (t *turns) turn(at time.Time) (n int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	second := at.Unix()
	t.reach(second)
	if t.all && t.over != 0 && second >= t.over {
		return 0, false
	}
	begun, _ := slices.BinarySearch(t.at, second+1)
	return begun - 1, begun > 0
}

// edges are the instants from one to another at which a turn begins or ends.
func (t *turns) edges(from, to time.Time) (out []int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reach(to.Unix())
	first, _ := slices.BinarySearch(t.at, from.Unix())
	end, _ := slices.BinarySearch(t.at, to.Unix())
	out = append(out, t.at[first:end]...)
	if t.over != 0 {
		out = append(out, t.over)
	}
	return out
}
