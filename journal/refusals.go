package journal

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// RefusalsPerMinute is how many refusals of one actor are journalled in a minute one by one. The rest are counted, and the count is one entry
// more: nobody may fill the journal by asking for what they may not have, and nobody's asking is unknown.
const RefusalsPerMinute = 30

// Refusals journals refusals. Its zero value is of no use: see [NewRefusals].
type Refusals struct {
	record func(context.Context, Entry) error
	now    func() time.Time

	mu     sync.Mutex
	actors map[string]*refused
}

// refused are the refusals of an actor in a minute.
type refused struct {
	minute time.Time
	count  int
	// last is the newest of those that were only counted.
	last Entry
}

// NewRefusals makes a journal of refusals that writes with record, which is durable when it returns nil.
func NewRefusals(record func(context.Context, Entry) error, now func() time.Time) *Refusals {
	return &Refusals{record: record, now: now, actors: map[string]*refused{}}
}

// Note journals a refusal, or counts it if the actor has had so many in this minute. A count that belongs to a minute before is journalled first.
func (r *Refusals) Note(ctx context.Context, e Entry) error {
	return r.NoteOf(ctx, e.Actor.Name+"\x00"+e.Actor.Role+"\x00"+e.Actor.Organisation, e)
}

// NoteOf is [Refusals.Note] for those who have not shown who they are: key is by what they are counted, of which there must not be many.
func (r *Refusals) NoteOf(ctx context.Context, key string, e Entry) error {
	if e.Place == "" {
		e.Place = PlaceOf(ctx)
	}
	r.mu.Lock()
	minute := r.now().Truncate(time.Minute)
	held := r.actors[key]
	var before *refused
	if held == nil || !held.minute.Equal(minute) {
		before, held = held, &refused{minute: minute}
		r.actors[key] = held
	}
	held.count++
	counted := held.count > RefusalsPerMinute
	if counted {
		held.last = e
	}
	r.mu.Unlock()
	if err := r.sum(ctx, before); err != nil || counted {
		return err
	}
	return r.record(ctx, e)
}

// Flush journals the counts of minutes that are over; all of them at the end, when it is the last call. What could not be journalled is lost: the
// access log has it.
func (r *Refusals) Flush(ctx context.Context, last bool) error {
	r.mu.Lock()
	minute := r.now().Truncate(time.Minute)
	var over []*refused
	for key, held := range r.actors {
		if last || !held.minute.Equal(minute) {
			over = append(over, held)
			delete(r.actors, key)
		}
	}
	r.mu.Unlock()
	for _, held := range over {
		if err := r.sum(ctx, held); err != nil {
			return err
		}
	}
	return nil
}

// sum journals how many refusals of a minute were only counted. Its subject and place are those of the newest of them.
func (r *Refusals) sum(ctx context.Context, of *refused) error {
	if of == nil || of.count <= RefusalsPerMinute {
		return nil
	}
	e := of.last
	e.Reason = fmt.Sprintf("%d more refusals in the minute from %s, the last: %s", of.count-RefusalsPerMinute, of.minute.UTC().Format("15:04"), e.Reason)
	return r.record(ctx, e)
}

// flushEvery is how often counts of minutes that are over are journalled.
const flushEvery = 10 * time.Second

// Run journals counts when their minute is over, until the context ends, and then the rest. failed is told of what could not be.
func (r *Refusals) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		last := false
		select {
		case <-ctx.Done():
			last = true
		case <-tick.C:
		}
		if err := r.Flush(context.WithoutCancel(ctx), last); err != nil {
			failed(err)
		}
		if last {
			return
		}
	}
}
