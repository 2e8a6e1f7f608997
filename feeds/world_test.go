package feeds_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
)

// world is a service that follows one source, with a clock of its own unless the test is in a bubble.
type world struct {
	t      testing.TB
	clock  time.Time
	now    func() time.Time
	source *source
	store  *sql.Store
	feed   *feeds.Feed
	log    lockedLog
	desk   *alerts.Desk
	// transactions counts those in which plans were to be published.
	transactions int
	*feeds.Followers
}

type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newWorld opens a database for the test; now is nil for a clock that the test sets.
func newWorld(t testing.TB, now func() time.Time) *world {
	t.Helper()
	w := &world{t: t, clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	if now == nil {
		now = func() time.Time { return w.clock }
	}
	db, err := sql.Open(t.Context(), sql.Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	w.store, w.source = sql.NewStore(db), newSource(now)
	schedule, compare := mustSchedule("* * * * *"), mustSchedule("40 2 * * *")
	w.feed = &feeds.Feed{
		Name: "london", Base: mustURL(base), Transport: w.source, Token: "secret", Centres: []string{"RP4"}, Schedule: schedule, Compare: compare, Count: 3,
		PageBytes: 64 << 10, Timeout: 30 * time.Second, Overlap: 5 * time.Minute,
	}
	w.desk = alerts.NewDesk(w.store, func() *directory.Directory { return dir }, now)
	w.now = now
	w.use(countingDesk{w})
	return w
}

// use has the feed publish to a desk.
func (w *world) use(to feeds.Desk) {
	w.Followers = feeds.New(feeds.Options{
		Feeds: []*feeds.Feed{w.feed}, Store: w.store, Desk: to, Holder: "this node", Now: w.now,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
}

// countingDesk is the desk of a world, which counts.
type countingDesk struct{ w *world }

func (d countingDesk) Publish(ctx context.Context, pub plans.Publication, actor journal.Actor) (plans.Plan, bool, error) {
	d.w.transactions++
	return d.w.desk.Publish(ctx, pub, actor)
}

func (d countingDesk) PublishAll(ctx context.Context, pubs []plans.Publication, actor journal.Actor) ([]plans.Published, error) {
	d.w.transactions++
	return d.w.desk.PublishAll(ctx, pubs, actor)
}

func mustSchedule(s string) cron.Schedule {
	schedule, err := cron.ParseStandard(s)
	if err != nil {
		panic(err)
	}
	return schedule
}

// poll polls once, a minute later.
func (w *world) poll() {
	w.clock = w.clock.Add(time.Minute)
	w.Poll(w.t.Context())
}

// wants compares a held plan with "VERSION STATUS HEADLINE", or "" for none.
func (w *world) wants(id, want string) {
	w.t.Helper()
	held, err := w.store.Plan(w.t.Context(), id)
	got := ""
	switch {
	case errors.Is(err, plans.ErrNotFound):
	case err != nil:
		w.t.Fatal(err)
	default:
		got = strings.Join([]string{string(rune('0' + held.Plan.Version)), string(held.Plan.Status), held.Plan.Headline}, " ")
	}
	if got != want {
		w.t.Errorf("plan %s is held as %q, want %q; the log says\n%s", id, got, want, w.log.String())
	}
}

// healthy wants no reason, or one that holds the text.
func (w *world) healthy(want string) {
	w.t.Helper()
	for _, h := range w.Health(w.t.Context()) {
		if h.OK != (want == "") || !strings.Contains(h.Reason, want) {
			w.t.Errorf("the feed's health is %+v, want %q; the log says\n%s", h, want, w.log.String())
		}
	}
}

func (w *world) item(id string) feeds.Item {
	w.t.Helper()
	item, _, err := w.store.FeedItem(w.t.Context(), "london", id)
	if err != nil {
		w.t.Fatal(err)
	}
	return item
}
