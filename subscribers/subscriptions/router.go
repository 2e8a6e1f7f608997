package subscriptions

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
)

// Kept is what is subscribed to, or what of it changed, as it was when an entry was the newest of the journal.
type Kept struct {
	Subscriptions []Subscription
	Lists         []List
	// Gone are the ids of those of either that are kept no more.
	Gone   []string
	Number int64
}

// Routing keeps what happened and who is told of it, for all nodes.
type Routing interface {
	// KeptNow returns all that is subscribed to. KeptSince returns what of it changed after an entry.
	KeptNow(ctx context.Context) (Kept, error)
	KeptSince(ctx context.Context, number int64) (Kept, error)
	// RouteNext runs do in a transaction with the entries that follow those that were routed last, up to a number, at most limit of them and only those
	// that could matter here. When it returns nil, what do wrote is durable, and these entries are not given out again by any node. One node does so at
	// a time: while another does, and where nothing follows, do is not run and routed is 0. do may run more than once.
	RouteNext(ctx context.Context, upTo int64, limit int, do func(RouteTx, []journal.Entry) error) (routed int, err error)
}

// RouteTx is what is read and written while entries are routed.
type RouteTx interface {
	// Standing is how an alert stands; found is false for one that is held no more. Seen is how it stood when KeepSeen kept it last.
	Standing(alert string) (s Standing, found bool, err error)
	Seen(alert string) (Seen, error)
	KeepSeen(alert string, s Seen) error
	// Overdue are the plans of a centre whose day of review is before a day, and of which no happening tells yet that it is.
	Overdue(centre string, today time.Time) ([]Standing, error)
	// Posts are what somebody of a name may work as now: none if there is no such account, or it is disabled.
	Posts(name string) ([]access.Post, error)
	// AddHappening keeps a happening, and AddTelling that somebody is told of it until an instant. Journal writes an entry, after everything else.
	AddHappening(h Happening, organisation string) error
	AddTelling(h Happening, t Telling, ends time.Time) error
	Journal(e journal.Entry) error
}

const (
	// routeAtOnce is how many entries one transaction looks at: others wait for it.
	routeAtOnce = 100
	// lookEvery is how often it is looked what follows, beside when the journal tells of something.
	lookEvery = time.Second
	// tellFor is for how long it is tried to tell somebody.
	tellFor = time.Hour
)

// Options are what a router needs. Every field must be set.
type Options struct {
	Routing   Routing
	Directory func() *directory.Directory
	Policy    Policy
	Now       func() time.Time
	Log       *slog.Logger
}

// Router follows the journal, and finds what happened and who is told.
type Router struct {
	Options
	*Index
	// known is the entry up to which the index knows what is subscribed to; -1 before it was filled.
	known int64
	wake  chan struct{} // one place
}

// NewRouter makes a router. Its index holds nothing before it runs.
func NewRouter(o Options) *Router {
	return &Router{Options: o, Index: NewIndex(), known: -1, wake: make(chan struct{}, 1)}
}

// Follow takes what the journal says.
func (r *Router) Follow(entries []journal.Entry) {
	if slices.ContainsFunc(entries, func(e journal.Entry) bool { return Matters(e.Kind) }) {
		select {
		case r.wake <- struct{}{}:
		default: // it is awake
		}
	}
}

// Matters tells whether an entry of a kind can make something happen here, or changes what is subscribed to.
func Matters(kind journal.Kind) bool {
	switch kind {
	case journal.QuestionAsked, journal.PlanDisputed, journal.OutcomeGiven, journal.OutcomeCorrected, journal.ReviewsDue:
		return true
	}
	return strings.HasPrefix(string(kind), "alert.") || strings.HasPrefix(string(kind), "subscription.")
}

// Run routes until the context ends.
func (r *Router) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := r.RouteAll(ctx); err != nil && ctx.Err() == nil {
			r.Log.ErrorContext(ctx, "what happened could not be compared with what people subscribed to; trying again in a second", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-r.wake:
		}
	}
	return nil
}

// RouteAll routes what was journalled by now, unless another node is at it. What was subscribed to before an entry was written counts for that entry.
func (r *Router) RouteAll(ctx context.Context) error {
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	for routed := routeAtOnce; routed == routeAtOnce; {
		var err error
		if routed, err = r.Routing.RouteNext(ctx, r.known, routeAtOnce, r.route); err != nil {
			return err
		}
	}
	return nil
}

// catchUp brings the index to what is subscribed to now.
func (r *Router) catchUp(ctx context.Context) error {
	read := func(ctx context.Context) (Kept, error) { return r.Routing.KeptSince(ctx, r.known) }
	if r.known < 0 {
		read = r.Routing.KeptNow
	}
	kept, err := read(ctx)
	if err != nil {
		return err
	}
	for _, id := range kept.Gone {
		r.Drop(id)
		r.DropList(id)
	}
	for _, l := range kept.Lists {
		r.PutList(l)
	}
	for _, s := range kept.Subscriptions {
		r.Put(s)
	}
	r.known = kept.Number
	return nil
}

// route finds what happened, and writes who is told.
func (r *Router) route(tx RouteTx, entries []journal.Entry) error {
	last := map[string]time.Time{} // of the entries about an alert
	var order []string
	for _, e := range entries {
		if strings.HasPrefix(string(e.Kind), "alert.") {
			if _, again := last[e.Subject]; !again {
				order = append(order, e.Subject)
			}
			last[e.Subject] = e.Time
		}
	}
	book := posts{tx, map[string][]access.Post{}}
	var told []counted
	tell := func(h Happening) error {
		n, err := r.tell(tx, h, book)
		if n > 0 {
			told = append(told, counted{h, n})
		}
		return err
	}
	for _, alert := range order {
		if err := compare(tx, alert, last[alert], tell); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if err := r.also(tx, e, tell); err != nil {
			return err
		}
	}
	for _, c := range told { // the journal's counter is locked last
		if err := tx.Journal(c.entry(r.Now())); err != nil {
			return err
		}
	}
	return nil
}

// counted is a happening of which some people are told.
type counted struct {
	Happening
	people int
}

// entry tells of it in the journal: how many, not who; the rows say that.
func (c counted) entry(now time.Time) journal.Entry {
	subject := c.Alert
	if subject == "" {
		subject = c.Plan
	}
	reason := fmt.Sprintf("%s: %d people who subscribed to that are told", c.Event, c.people)
	if c.people == 1 {
		reason = fmt.Sprintf("%s: one person who subscribed to that is told", c.Event)
	}
	return journal.Entry{Time: now, Kind: journal.PeopleTold, Actor: journal.Service, Subject: subject, Version: c.Version, Reason: reason}
}

// posts remembers what people may work as for as long as some entries are routed.
type posts struct {
	tx    RouteTx
	known map[string][]access.Post
}

func (p posts) of(name string) ([]access.Post, error) {
	if all, known := p.known[name]; known {
		return all, nil
	}
	all, err := p.tx.Posts(name)
	if err == nil {
		p.known[name] = all
	}
	return all, err
}

// compare finds what happened to an alert.
func compare(tx RouteTx, alert string, at time.Time, tell func(Happening) error) error {
	now, held, err := tx.Standing(alert)
	if err != nil || !held {
		return err
	}
	before, err := tx.Seen(alert)
	if err != nil {
		return err
	}
	for _, e := range Happened(before, now) {
		if err := tell(now.happening(uuid.NewString(), e, at, before)); err != nil {
			return err
		}
	}
	if now.Seen() == before {
		return nil
	}
	return tx.KeepSeen(alert, now.Seen())
}

// also finds what happened that an entry tells by itself.
func (r *Router) also(tx RouteTx, e journal.Entry, tell func(Happening) error) error {
	event := Questioned
	switch e.Kind {
	case journal.QuestionAsked, journal.PlanDisputed:
	case journal.OutcomeGiven, journal.OutcomeCorrected:
		event = Outcome
	case journal.ReviewsDue:
		return r.overdue(tx, e, tell)
	default:
		return nil
	}
	now, held, err := tx.Standing(e.Subject)
	if err != nil || !held {
		return err
	}
	h := now.happening(uuid.NewString(), event, e.Time, Seen{})
	if e.Room != "" {
		h.Department = e.Room
	}
	return tell(h)
}

// overdue finds the plans of a centre that should have been reviewed, on the day on which the centre is told how many there are.
func (r *Router) overdue(tx RouteTx, e journal.Entry, tell func(Happening) error) error {
	all, err := tx.Overdue(e.Subject, e.Time)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := tell(p.happening(uuid.NewString(), Overdue, e.Time, Seen{})); err != nil {
			return err
		}
	}
	return nil
}

// tell keeps a happening and who is told of it, and returns how many are.
func (r *Router) tell(tx RouteTx, h Happening, book posts) (people int, err error) {
	dir := r.Directory()
	org, _ := dir.OrganisationOf(h.Department) // none for what is about a plan only
	if err := tx.AddHappening(h, org.ID); err != nil {
		return 0, err
	}
	all, err := r.Route(h, dir, r.Policy, book.of)
	if err != nil {
		return 0, fmt.Errorf("find who is told that alert %s %s: %w", h.Alert, h.Event, err)
	}
	for _, t := range all {
		if err := tx.AddTelling(h, t, t.Due.Add(tellFor)); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
