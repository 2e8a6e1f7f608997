package silence

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Heard is what was heard of a feed in one minute.
type Heard struct {
	Feed Feed
	Minute
}

// Known is a feed with its model as it is kept. Revision changes whenever it is kept.
type Known struct {
	Feed     Feed
	Model    *Model
	Revision int64
	// Change and Words are what is to be journalled when it is kept.
	Change Change
	Words  string
}

// Store keeps what was heard and what was learnt, for all nodes.
type Store interface {
	// AddHeard adds counts to minutes; what several nodes hear in the same minute adds up.
	AddHeard(ctx context.Context, heard []Heard) error
	// Known returns every feed that was ever heard.
	Known(ctx context.Context) ([]Known, error)
	// HeardAfter returns the minutes of each feed after its model's cursor, in order of time.
	HeardAfter(ctx context.Context) ([]Heard, error)
	// KeepKnown keeps models, with their changes in the journal, all or none, and notes that all feeds were looked at. A model that somebody
	// else kept meanwhile (another node, or who muted the feed) is left as it is, and its change is not journalled: kept tells which were
	// kept, one for each of changed.
	KeepKnown(ctx context.Context, looked time.Time, changed []Known) (kept []bool, err error)
	// ForgetHeard drops minutes before an instant.
	ForgetHeard(ctx context.Context, before time.Time) error
	// TakeLease is true for one holder at a time.
	TakeLease(ctx context.Context, name, holder string, now, until time.Time) (bool, error)
}

const (
	// mostApplications is how many applications of one organisation are told apart; a sender can call itself anything.
	mostApplications = 20
	// Others is what the rest is called.
	Others = "others"
	// keepFor is how long minutes are kept.
	keepFor = 26 * time.Hour
	// mostPending bounds what waits while the database does not take it.
	mostPending = 20_000
	lease       = "silence"
)

// Standing is how a feed stands. Rules are those of its hospital.
type Standing struct {
	Feed    Feed
	Verdict Verdict
	Model   *Model
	Rules   Rules
}

// Listener hears feeds in memory, keeps what it heard every few seconds, and looks whether one has stopped. Every node has one; the node with
// the lease says what changes.
type Listener struct {
	Store Store
	// Rules are those of a hospital; false for one that is not known any more, whose feeds are not looked at.
	Rules func(organisation string) (Rules, bool)
	// Every is the time between two looks.
	Every time.Duration
	Node  string
	Now   func() time.Time
	Log   *slog.Logger

	mu       sync.Mutex
	pending  map[Feed][]Minute // nearly always the present minute only
	minutes  int
	names    map[string]map[string]bool
	standing atomic.Pointer[[]Standing]
}

// Hear notes one message. fresh tells that it came for the first time, and soon after it was sent. Event and site may be empty. It never
// waits for a database.
func (l *Listener) Hear(f Feed, fresh bool) {
	now := l.Now().UTC()
	l.mu.Lock()
	defer l.mu.Unlock()
	f.Application = l.nameOf(f)
	l.add(f.Whole(), fresh, now)
	if f.Event != "" {
		l.add(Feed{Organisation: f.Organisation, Application: f.Application, Event: f.Event}, fresh, now)
	}
	if f.Site != "" {
		l.add(Feed{Organisation: f.Organisation, Application: f.Application, Site: f.Site}, fresh, now)
	}
}

// nameOf is the application's name, if it is one of the first.
func (l *Listener) nameOf(f Feed) string {
	if l.names == nil {
		l.names, l.pending = map[string]map[string]bool{}, map[Feed][]Minute{}
	}
	of := l.names[f.Organisation]
	if of == nil {
		of = map[string]bool{}
		l.names[f.Organisation] = of
	}
	if !of[f.Application] && len(of) >= mostApplications {
		return Others
	}
	of[f.Application] = true
	return f.Application
}

func (l *Listener) add(f Feed, fresh bool, now time.Time) {
	m := Minute{At: now.Truncate(time.Minute), First: now, Last: now, Fresh: 1}
	if !fresh {
		m.Fresh, m.Stale = 0, 1
	}
	l.merge(f, m)
}

// merge adds a minute to those that wait to be kept.
func (l *Listener) merge(f Feed, m Minute) {
	of := l.pending[f]
	for i := len(of) - 1; i >= 0; i-- {
		if had := &of[i]; had.At.Equal(m.At) {
			had.Fresh, had.Stale, had.Last = had.Fresh+m.Fresh, had.Stale+m.Stale, later(had.Last, m.Last)
			return
		}
	}
	if l.minutes == mostPending {
		return // the database has been away for hours; what is known of the last minute is known by the models' own gap
	}
	l.minutes++
	l.pending[f] = append(of, m)
}

// Standing is how every feed stood at the last look, in order of their names.
func (l *Listener) Standing() []Standing {
	if all := l.standing.Load(); all != nil {
		return *all
	}
	return nil
}

// Run keeps and looks until the context ends; what was heard until then is kept.
func (l *Listener) Run(ctx context.Context) error {
	tick := time.NewTicker(l.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			if err := l.keep(last); err != nil {
				l.Log.WarnContext(last, "what was heard of the feeds in the last seconds could not be kept", "error", err)
			}
			return nil
		case <-tick.C:
		}
		if err := errors.Join(l.keep(ctx), l.look(ctx)); err != nil && ctx.Err() == nil {
			l.Log.ErrorContext(ctx, "the silence of feeds could not be looked at; it is tried again in seconds", "error", err)
		}
	}
}

// keep adds what was heard to what is kept. What could not be kept waits.
func (l *Listener) keep(ctx context.Context) error {
	l.mu.Lock()
	pending := l.pending
	l.pending, l.minutes = map[Feed][]Minute{}, 0
	l.mu.Unlock()
	var heard []Heard
	for f, minutes := range pending {
		for _, m := range minutes {
			heard = append(heard, Heard{f, m})
		}
	}
	if len(heard) == 0 {
		return nil
	}
	// Nodes that keep at the same time take the rows in the same order.
	slices.SortFunc(heard, func(a, b Heard) int {
		if a.Feed != b.Feed {
			return strings.Compare(a.Feed.String(), b.Feed.String())
		}
		return a.At.Compare(b.At)
	})
	err := l.Store.AddHeard(ctx, heard)
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, h := range heard {
			l.merge(h.Feed, h.Minute)
		}
	}
	return err
}

// look judges every feed. The node with the lease also teaches the models, and says what changed.
func (l *Listener) look(ctx context.Context) error {
	now := l.Now().UTC()
	ours, err := l.Store.TakeLease(ctx, lease, l.Node, now, now.Add(4*l.Every))
	if err != nil {
		return err
	}
	known, err := l.known(ctx)
	if err != nil {
		return err
	}
	if ours {
		lost, err := l.step(ctx, known, now)
		if err != nil {
			return err
		}
		if lost { // somebody else was first: how it stands is what they kept
			if known, err = l.known(ctx); err != nil {
				return err
			}
		}
	}
	standing := make([]Standing, 0, len(known))
	for _, k := range known {
		if rules, ok := l.rulesOf(k.Feed); ok {
			standing = append(standing, Standing{k.Feed, k.Model.Judge(rules, now), k.Model, rules})
		}
	}
	l.standing.Store(&standing)
	return nil
}

// known are all feeds in the order of their names: a whole feed stands before its parts.
func (l *Listener) known(ctx context.Context) ([]Known, error) {
	known, err := l.Store.Known(ctx)
	slices.SortFunc(known, func(a, b Known) int { return strings.Compare(a.Feed.String(), b.Feed.String()) })
	return known, err
}

// rulesOf are those of the feed's hospital.
func (l *Listener) rulesOf(f Feed) (Rules, bool) {
	rules, ok := l.Rules(f.Organisation)
	rules.KnownOnly = f.IsPart()
	return rules, ok
}

// step teaches the models what was heard, and keeps those that changed. lost tells that one was kept by somebody else meanwhile, and is not
// what known holds.
func (l *Listener) step(ctx context.Context, known []Known, now time.Time) (lost bool, err error) {
	heard, err := l.Store.HeardAfter(ctx)
	if err != nil {
		return false, err
	}
	news := map[Feed]News{}
	for _, h := range heard {
		n := news[h.Feed]
		n.Last = later(n.Last, h.Last)
		if !h.At.Add(time.Minute + 3*l.Every).After(now) {
			n.Settled = append(n.Settled, h.Minute)
		}
		news[h.Feed] = n
	}
	var changed []Known
	silent := map[Feed]bool{}
	for i := range known {
		k := &known[i]
		rules, ok := l.rulesOf(k.Feed)
		if !ok {
			continue
		}
		n := news[k.Feed]
		n.Held = k.Feed.IsPart() && silent[k.Feed.Whole()]
		last, broken := k.Model.Last, k.Model.Break
		k.Change = k.Model.Step(rules, n, now)
		silent[k.Feed] = k.Model.Break != nil
		if k.Change == Same && len(n.Settled) == 0 && last.Equal(k.Model.Last) && !n.Held {
			continue // only the look itself is new, which is kept for all at once
		}
		switch {
		case k.Change == Stops:
			k.Words = k.Model.Judge(rules, now).Words
		case k.Change == Speaks && k.Model.Mute.at(now):
			k.Words = k.Model.Judge(rules, now).Words
		case k.Change == Speaks:
			k.Words = "heard again after " + hours(now.Sub(broken.Since))
		}
		changed = append(changed, *k)
	}
	kept, err := l.Store.KeepKnown(ctx, now, changed)
	if err != nil {
		return false, err
	}
	for i, k := range changed {
		if !kept[i] {
			lost = true
			continue
		}
		l.tell(ctx, k, now)
	}
	if now.Minute() == 0 {
		err = l.Store.ForgetHeard(ctx, now.Add(-keepFor))
	}
	return lost, err
}

// tell logs that a silence began or ended.
func (l *Listener) tell(ctx context.Context, k Known, now time.Time) {
	switch {
	case k.Change == Stops:
		l.Log.WarnContext(ctx, "a feed is silent: ask the hospital's integration desk whether its system sends; what happens there is not seen here meanwhile", "feed", k.Feed.String(), "words", k.Words)
	case k.Change == Speaks && k.Model.Mute.at(now):
		l.Log.WarnContext(ctx, "the silence of a feed is not told any more", "feed", k.Feed.String(), "words", k.Words)
	case k.Change == Speaks:
		l.Log.WarnContext(ctx, "a feed is heard again", "feed", k.Feed.String(), "words", k.Words)
	}
}
