package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// liveness is the evidence that a screen may be called live: the journal was read, and a row was written and synced, within the last
// seconds. Reading alone proves nothing: on a full disk messages are refused while the journal can still be read, and a board that then
// stays green says "nobody came" of people who stand at the desk.
type liveness struct {
	feed    *journal.Feed
	written atomic.Pointer[time.Time]
}

// freshness is how old evidence may be. The feed reads and the probe writes every second.
const freshness = 5 * time.Second

// reads tells whether the journal was read lately.
func (l *liveness) reads() bool { return time.Since(l.feed.LastRead()) < freshness }

// fresh tells whether there is evidence of both.
func (l *liveness) fresh() bool {
	written := l.written.Load()
	return written != nil && time.Since(*written) < freshness && l.reads()
}

// run writes a probe every second until the context ends. What fails is said by readyz and in the log of the storage.
func (l *liveness) run(ctx context.Context, probe func(context.Context) error) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if probe(ctx) == nil {
			now := time.Now()
			l.written.Store(&now)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
