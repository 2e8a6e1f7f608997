package sql_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/silence"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestWhatNodesHearAddsUp(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		nodes := []*sql.Store{sql.NewStore(sqltest.Open(t, o))}
		if o.PostgresURL != "" {
			nodes = append(nodes, sql.NewStore(sqltest.Open(t, o)))
		} else {
			nodes = append(nodes, nodes[0])
		}
		whole := silence.Feed{Organisation: "RQW", Application: "PAS"}
		site := silence.Feed{Organisation: "RQW", Application: "PAS", Site: "RQWG0"}
		at := noon.Truncate(time.Minute)
		var both sync.WaitGroup
		for i, node := range nodes {
			both.Go(func() {
				for n := range 20 {
					first := at.Add(time.Duration(n*2+i+1) * time.Second)
					for _, f := range []silence.Feed{whole, site} {
						if err := node.AddHeard(t.Context(), []silence.Heard{{Feed: f, Minute: silence.Minute{At: at, Fresh: 3, Stale: 1, First: first, Last: first}}}); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		both.Wait()
		heard, err := nodes[1].HeardAfter(t.Context())
		if err != nil || len(heard) != 2 {
			t.Fatalf("%v, %v", heard, err)
		}
		for _, h := range heard {
			if h.Fresh != 120 || h.Stale != 40 || !h.First.Equal(at.Add(time.Second)) || !h.Last.Equal(at.Add(40*time.Second)) {
				t.Errorf("%+v", h)
			}
		}

		if rates, err := nodes[0].HeardSince(t.Context(), at); err != nil || len(rates) != 1 || rates[0].Feed != whole || rates[0].Fresh != 120 || !rates[0].At.Equal(at) {
			t.Errorf("the rates since then are %+v, %v", rates, err)
		}
		if rates, err := nodes[0].HeardSince(t.Context(), at.Add(time.Minute)); err != nil || len(rates) != 0 {
			t.Errorf("the rates since later are %+v, %v", rates, err)
		}

		known, err := nodes[0].Known(t.Context())
		if err != nil || len(known) != 2 {
			t.Fatalf("%v, %v", known, err)
		}
		known[0].Model.Cursor, known[0].Change, known[0].Words = at, silence.Stops, "no message since 12:00"
		before := len(journalOf(t, nodes[0], journal.FeedSilent))
		for again := range 2 { // the second has an old revision
			if kept, err := nodes[0].KeepKnown(t.Context(), noon.Add(time.Minute), known[:1]); err != nil || len(kept) != 1 || kept[0] != (again == 0) {
				t.Fatalf("%v, %v", kept, err)
			}
		}
		if told := journalOf(t, nodes[1], journal.FeedSilent); len(told) != before+1 || told[len(told)-1].Subject != known[0].Feed.String() || told[len(told)-1].Room != "" {
			t.Errorf("journalled %+v", told)
		}
		if heard, err := nodes[1].HeardAfter(t.Context()); err != nil || len(heard) != 1 {
			t.Errorf("after the cursor: %v, %v", heard, err)
		}

		mute := silence.Mute{From: noon, Until: noon.Add(time.Hour), Reason: "upgrade", By: "integration"}
		if err := nodes[0].MuteFeed(t.Context(), "RQW|PAS", mute, journal.Actor{Name: "integration", Role: "operator"}); err != nil {
			t.Fatal(err)
		}
		if err := nodes[0].MuteFeed(t.Context(), "RQW|NOBODY", mute, journal.Service); !errors.Is(err, silence.ErrNoFeed) {
			t.Error(err)
		}
		if muted := journalOf(t, nodes[1], journal.FeedMuted); len(muted) != 1 || muted[0].Actor.Name != "integration" {
			t.Errorf("%+v", muted)
		}
		if err := nodes[0].ForgetHeard(t.Context(), noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if heard, err := nodes[0].HeardAfter(t.Context()); err != nil || len(heard) != 0 {
			t.Errorf("after forgetting: %v, %v", heard, err)
		}
	})
}

func journalOf(t *testing.T, store *sql.Store, kind journal.Kind) (of []journal.Entry) {
	t.Helper()
	all, err := store.After(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == kind {
			of = append(of, e)
		}
	}
	return of
}
