package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/web"
)

const (
	// sampleEvery is the time between two looks at what waits; depthsFor is for how many minutes the most is remembered.
	sampleEvery = 2 * time.Second
	depthsFor   = 60
)

// place is a place where something can wait. read tells how much does now.
type place struct {
	name string
	read func(context.Context) (int, error)
}

// depths remembers how much waited at most in each of the last minutes, in memory: what a node did before it started is not known.
type depths struct {
	places []place
	log    *slog.Logger

	mu      sync.Mutex
	now     []int
	minutes []minuteDepth // the oldest first, at most depthsFor
}

// minuteDepth is the most at each place in one minute.
type minuteDepth struct {
	at   time.Time
	most []int
}

func newDepths(log *slog.Logger, places ...place) *depths {
	return &depths{places: places, log: log, now: make([]int, len(places))}
}

// placesOf are the places of a node where something can wait.
func placesOf(db *sql.DB, store *sql.Store, feed *journal.Feed, hub *stream.Hub, hospitals hospitals, lanes *web.Lanes) []place {
	return []place{
		{"writes", func(context.Context) (int, error) { return db.Writing(), nil }},
		{"journal", func(ctx context.Context) (int, error) {
			read := feed.Number() // first: what is read meanwhile must not count as unread
			head, err := store.Head(ctx)
			return int(max(head-read, 0)), err
		}},
		{"screens", func(context.Context) (int, error) { return hub.Behind(), nil }},
		{"connections", func(context.Context) (int, error) {
			open := 0
			for _, l := range hospitals {
				open += int(l.server.Counters.Open.Load())
			}
			return open, nil
		}},
		{"requests", func(context.Context) (int, error) { return lanes.Busy(), nil }},
	}
}

// run looks until the context ends.
func (d *depths) run(ctx context.Context) error {
	return every(ctx, sampleEvery, func(ctx context.Context) { d.look(ctx, time.Now()) })
}

// look takes one sample. What cannot be read keeps its last value: the checks of /readyz say why.
func (d *depths) look(ctx context.Context, now time.Time) {
	values := make([]int, len(d.places))
	for i, g := range d.places {
		value, err := g.read(ctx)
		if err != nil {
			if ctx.Err() == nil {
				d.log.DebugContext(ctx, "what waits could not be read", "place", g.name, "error", err)
			}
			value = d.now[i] // only this goroutine writes it
		}
		values[i] = value
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = values
	d.begin(now.UTC().Truncate(time.Minute), values)
	most := d.minutes[len(d.minutes)-1].most
	for i, value := range values {
		most[i] = max(most[i], value)
	}
}

// begin begins a minute, if it is a new one. After a gap, as when the machine was asleep, it is the first. The depths are locked.
func (d *depths) begin(minute time.Time, values []int) {
	n := len(d.minutes)
	if n > 0 && !minute.After(d.minutes[n-1].at) {
		return
	}
	if n > 0 && minute.Sub(d.minutes[n-1].at) > time.Minute {
		d.minutes = nil
	}
	d.minutes = append(d.minutes, minuteDepth{minute, slices.Clone(values)})
	d.minutes = d.minutes[max(len(d.minutes)-depthsFor, 0):]
}

// Depths is what waits now, and waited at most in each of the last minutes.
func (d *depths) Depths() []web.Depth {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]web.Depth, len(d.places))
	for i, g := range d.places {
		out[i] = web.Depth{Name: g.name, Now: d.now[i], Minutes: make([]int, len(d.minutes))}
		for n, m := range d.minutes {
			out[i].Minutes[n] = m.most[i]
		}
	}
	return out
}
