package sql_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestAFeedsPositionAndItemsAreKeptTogether(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store, ctx := sql.NewStore(db), t.Context()
		if p, err := store.FeedPosition(ctx, "london"); err != nil || p != (feeds.Position{}) {
			t.Fatalf("a feed that was never read is at %+v (%v)", p, err)
		}
		at := time.Date(2026, 11, 22, 14, 2, 10, 123000, time.UTC)
		position := feeds.Position{
			Since: at, Walk: 7, Next: "https://a.example/fhir?page=2", Until: at.Add(time.Second), Comparing: true, Wait: at.Add(2 * time.Second),
			Completed: at.Add(3 * time.Second), Compared: at.Add(4 * time.Second), Failing: "the server answered 503", FailingSince: at.Add(5 * time.Second),
		}
		taken := feeds.Item{ID: "1", Version: "3", Updated: at, Hash: [32]byte{1}, Plan: "p-1", State: feeds.Taken, Walk: 7, Noticed: at}
		aside := feeds.Item{ID: "2", Hash: [32]byte{2}, State: feeds.Aside, Reason: "no patient", Walk: 7, Noticed: at, Resource: []byte(`{"a":1}`)}
		if err := store.SaveFeed(ctx, "london", []feeds.Item{taken, aside}, position); err != nil {
			t.Fatal(err)
		}
		if got, err := store.FeedPosition(ctx, "london"); err != nil || !cmp.Equal(got, position) {
			t.Errorf("%v %s", err, cmp.Diff(position, got))
		}
		if got, found, err := store.FeedItem(ctx, "london", "1"); err != nil || !found || !cmp.Equal(got, taken) {
			t.Errorf("%v %v %s", found, err, cmp.Diff(taken, got))
		}
		if _, found, err := store.FeedItem(ctx, "essex", "1"); err != nil || found {
			t.Errorf("another feed's item is found: %v %v", found, err)
		}
		if n, err := store.FeedCount(ctx, "london", feeds.Aside); err != nil || n != 1 {
			t.Errorf("%d put aside (%v)", n, err)
		}
		for _, row := range []struct{ feed, plan, want string }{{"essex", "p-1", "london"}, {"london", "p-1", ""}, {"essex", "p-2", ""}, {"essex", "", ""}} {
			if got, err := store.OtherFeedOf(ctx, row.feed, row.plan); err != nil || got != row.want {
				t.Errorf("plan %s came through %q for %s (%v)", row.plan, got, row.feed, err)
			}
		}
		if unseen, err := store.FeedUnseen(ctx, "london", 7, "", 10); err != nil || len(unseen) != 0 {
			t.Errorf("what the walk showed is unseen: %+v (%v)", unseen, err)
		}
		if unseen, err := store.FeedUnseen(ctx, "london", 8, "", 10); err != nil || len(unseen) != 1 || unseen[0].ID != "1" {
			t.Errorf("unseen are %+v (%v): want the one that has a plan", unseen, err)
		}
		if unseen, err := store.FeedUnseen(ctx, "london", 8, "1", 10); err != nil || len(unseen) != 0 {
			t.Errorf("after the last one come %+v (%v)", unseen, err)
		}
	})
}

func TestALeaseIsOnesAtATime(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		at := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
		minute := func(n int) time.Time { return at.Add(time.Duration(n) * time.Minute) }
		for _, row := range []struct {
			what, holder string
			now, until   time.Time
			want         bool
		}{
			{"nobody has it", "a", minute(0), minute(2), true},
			{"somebody else has it", "b", minute(1), minute(3), false},
			{"its holder extends it", "a", minute(1), minute(3), true},
			{"it was extended", "b", minute(2), minute(4), false},
			{"it ran out", "b", minute(3), minute(5), true},
			{"it is taken from its holder", "a", minute(4), minute(6), false},
			{"its holder ends it", "b", minute(4), minute(3), true},
			{"it was ended", "a", minute(4), minute(6), true},
		} {
			got, err := store.TakeLease(t.Context(), "feed london", row.holder, row.now, row.until)
			if err != nil || got != row.want {
				t.Errorf("%s: %v (%v)", row.what, got, err)
			}
		}
		if got, err := store.TakeLease(t.Context(), "feed essex", "b", minute(4), minute(6)); err != nil || !got {
			t.Errorf("another piece of work: %v (%v)", got, err)
		}
	})
}
