package feeds

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Options are what the service hands in; all are required.
type Options struct {
	Feeds []*Feed
	Store Store
	Desk  Desk
	// Holder names this node; of several nodes on one database one at a time polls a feed.
	Holder string
	Now    func() time.Time
	Log    *slog.Logger
}

// Followers follow all feeds.
type Followers struct {
	followers []*follower
	log       *slog.Logger
}

// follower follows one feed.
type follower struct {
	Options
	feed   *Feed
	client *client
	// The rest belongs to the poll that is running; polls of one feed never overlap.
	history, search bool
	asked           time.Time // when the server was last asked what it can do
	count           int       // resources a page, fewer after a page was too long; 0 for what is configured
}

// New makes the followers of all feeds.
func New(o Options) *Followers {
	fs := &Followers{log: o.Log}
	for _, feed := range o.Feeds {
		fs.followers = append(fs.followers, &follower{Options: o, feed: feed, client: newClient(feed, o.Now)})
	}
	return fs
}

// Run polls every feed at once and then on its schedule, until the context ends and every poll with it. A poll that is still running is
// not started again.
func (fs *Followers) Run(ctx context.Context) error {
	jobs := cron.New(cron.WithLocation(time.UTC))
	var first sync.WaitGroup
	for _, f := range fs.followers {
		poll := cron.NewChain(cron.SkipIfStillRunning(cron.DiscardLogger)).Then(cron.FuncJob(func() { f.Poll(ctx) }))
		jobs.Schedule(f.feed.Schedule, poll)
		first.Go(poll.Run)
	}
	jobs.Start()
	<-ctx.Done()
	first.Wait()
	<-jobs.Stop().Done()
	for _, f := range fs.followers {
		f.release(ctx)
	}
	return nil
}

// Poll reads what is new on one feed and logs what came of it.
func (f *follower) Poll(ctx context.Context) {
	p := poll{follower: f}
	err := p.run(ctx)
	if ctx.Err() != nil || errors.Is(err, errNotOurs) {
		return // we stop, or another node polls
	}
	counts := []any{"feed", f.feed.Name, "pages", p.pages, "taken", p.taken, "unchanged", p.unchanged, "withdrawn", p.withdrawn, "put_aside", p.aside}
	if err != nil {
		f.Log.Warn("a feed could not be read to its end; it goes on there at its next poll", append(counts, "error", err)...)
		return
	}
	if p.taken+p.withdrawn+p.aside > 0 || p.position.Comparing {
		f.Log.Info("a feed was read", counts...)
	}
}

// errNotOurs ends a poll because another node polls this feed.
var errNotOurs = errors.New("another node reads this feed")

// keepLease is called before each request, so that the lease outlasts it.
func (f *follower) keepLease(ctx context.Context) error {
	now := f.Now()
	ours, err := f.Store.TakeLease(ctx, f.lease(), f.Holder, now, now.Add(f.feed.Timeout+2*patience))
	if err == nil && !ours {
		err = errNotOurs
	}
	return err
}

func (f *follower) lease() string { return "feed " + f.feed.Name }

// release lets another node go on at once. If it fails, the lease runs out by itself.
func (f *follower) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	now := f.Now()
	if _, err := f.Store.TakeLease(ctx, f.lease(), f.Holder, now, now.Add(-time.Second)); err != nil {
		f.Log.Info("the lease of a feed could not be ended; it runs out by itself", "feed", f.feed.Name, "error", err)
	}
}

// Health is what operations are told about one feed.
type Health struct {
	Feed string
	OK   bool
	// Reason says in words what is wrong, or what waits for somebody to look; empty if nothing is.
	Reason string
}

// lateBy is how many polls may be missing, and late how long they may be, before a feed is called silent.
const (
	lateBy = 3
	late   = 10 * time.Minute
)

// Health tells how the feeds are doing, whichever node reads them.
func (fs *Followers) Health(ctx context.Context) []Health {
	out := make([]Health, 0, len(fs.followers))
	for _, f := range fs.followers {
		reason, err := f.reason(ctx)
		if err != nil {
			reason = "how far it was read cannot be found: " + err.Error()
		}
		out = append(out, Health{f.feed.Name, reason == "", reason})
	}
	return out
}

func (f *follower) reason(ctx context.Context) (string, error) {
	p, err := f.Store.FeedPosition(ctx, f.feed.Name)
	if err != nil {
		return "", err
	}
	aside, err := f.Store.FeedCount(ctx, f.feed.Name, Aside)
	if err != nil {
		return "", err
	}
	switch {
	case p.Failing != "":
		return fmt.Sprintf("failing since %s: %s", p.FailingSince.Format(time.RFC3339), p.Failing), nil
	case p.Completed.IsZero():
		return "it has not been read to its end yet", nil
	case f.overdue(p):
		return "it was last read at " + p.Completed.Format(time.RFC3339) + " and should have been read since", nil
	case aside > 0:
		return fmt.Sprintf("%d of its resources could not be taken; the table feed_item says why", aside), nil
	}
	return "", nil
}

// overdue tells whether polls are missing: nobody reads the feed any more.
func (f *follower) overdue(p Position) bool {
	due := p.Completed
	for range lateBy {
		due = f.feed.Schedule.Next(due.UTC())
	}
	return p.Next == "" && f.Now().After(due.Add(late))
}

// Reached is what the departments that see a feed's plans are told: since when they may be old.
type Reached struct {
	// Centres are the ODS codes of those for whom the feed speaks.
	Centres []string
	// Read is when it was last read to its end; zero if it never was.
	Read time.Time
	// Failing tells that it cannot be read, or is not.
	Failing bool
}

// Reached tells how far each feed was read, whichever node reads it. A resource that could not be taken is the operator's business: it is not
// told here.
func (fs *Followers) Reached(ctx context.Context) ([]Reached, error) {
	out := make([]Reached, 0, len(fs.followers))
	for _, f := range fs.followers {
		p, err := f.Store.FeedPosition(ctx, f.feed.Name)
		if err != nil {
			return nil, fmt.Errorf("find how far feed %s was read: %w", f.feed.Name, err)
		}
		out = append(out, Reached{f.feed.Centres, p.Completed, p.Failing != "" || !p.Completed.IsZero() && f.overdue(p)})
	}
	return out, nil
}
