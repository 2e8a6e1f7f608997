package journal

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Feed is the one reader of the journal in a process. It reads each committed entry once and hands it, in order, to every follower.
//
// A wake says only "look": the truth is in the log. A lost wake costs at most one poll interval, a doubled one costs a query.
type Feed struct {
	log       Log
	slog      *slog.Logger
	poll      time.Duration
	wake      chan struct{}
	number    atomic.Int64
	lastRead  atomic.Pointer[time.Time] // of the last successful read; with its monotonic clock, which nobody can set back
	mu        sync.Mutex
	followers []func([]Entry)
}

// PollInterval is how often the feed looks by itself, so that a lost wake is never a lost alert.
const PollInterval = time.Second

// batch is how many entries one read fetches at most.
const batch = 1000

// NewFeed makes a feed that begins at the journal's head when it runs.
func NewFeed(log Log, logger *slog.Logger) *Feed {
	return &Feed{log: log, slog: logger, poll: PollInterval, wake: make(chan struct{}, 1)}
}

// Follow adds a follower before Run. Entries are handed over in order, by one goroutine; a follower must not block.
func (f *Feed) Follow(follower func([]Entry)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followers = append(f.followers, follower)
}

// Wake asks the feed to look now. It never blocks.
func (f *Feed) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Number is the newest entry that the feed has handed over.
func (f *Feed) Number() int64 { return f.number.Load() }

// LastRead is when the feed last read the journal successfully; the zero time before the first read.
func (f *Feed) LastRead() time.Time {
	if t := f.lastRead.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// Run follows the journal until the context ends. An error of the log is logged and tried again after the poll interval: readers
// then fall behind, which LastRead shows, but miss nothing.
func (f *Feed) Run(ctx context.Context) error {
	tick := time.NewTicker(f.poll)
	defer tick.Stop()
	started := false
	for {
		if err := f.advance(ctx, &started); err != nil && ctx.Err() == nil {
			f.slog.ErrorContext(ctx, "reading the journal failed; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-f.wake:
		case <-tick.C:
		}
	}
}

func (f *Feed) advance(ctx context.Context, started *bool) error {
	if !*started {
		head, err := f.log.Head(ctx)
		if err != nil {
			return fmt.Errorf("find the journal's head: %w", err)
		}
		f.number.Store(head)
		*started = true
	}
	for {
		entries, err := f.log.After(ctx, f.number.Load(), batch)
		if err != nil {
			return fmt.Errorf("read the journal after %d: %w", f.number.Load(), err)
		}
		if len(entries) > 0 {
			f.hand(entries)
			f.number.Store(entries[len(entries)-1].Number)
		}
		now := time.Now() // after the hand-over: until then the followers are behind
		f.lastRead.Store(&now)
		if len(entries) < batch {
			return nil
		}
	}
}

func (f *Feed) hand(entries []Entry) {
	f.mu.Lock()
	followers := f.followers
	f.mu.Unlock()
	for _, follow := range followers {
		follow(entries)
	}
}
