package main

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/canary"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// TestAnAlarmOfTheCanaryIsJournalledOnceForAllNodes lets two nodes that share a database see, each for itself, how the check of a department
// stands.
func TestAnAlarmOfTheCanaryIsJournalledOnceForAllNodes(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		one, two := newCanaryAlarms(store, slog.New(slog.DiscardHandler)), newCanaryAlarms(store, slog.New(slog.DiscardHandler))
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		passes := func() {
			t.Helper()
			err := store.Write(t.Context(), func(tx alerts.Tx) error {
				_, err := tx.(alerts.CanaryTx).NoteCanary("RQW-AE", now, now.Add(-time.Second))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		verdict := func(s canary.State) map[string]canary.Verdict {
			return map[string]canary.Verdict{"RQW-AE": {State: s, Where: "listener main", Words: "The check does not come through."}}
		}
		for i, step := range []struct {
			what     string
			after    time.Duration
			comes    bool // the check comes through to the database
			one, two canary.State
			want     []journal.Kind
		}{
			{"all is well", time.Minute, true, canary.Passed, canary.Passed, nil},
			{"both see that it does not come", time.Minute, false, canary.Alarm, canary.Alarm, []journal.Kind{journal.CanaryMissed}},
			{"and go on to see it", time.Minute, false, canary.Alarm, canary.Alarm, []journal.Kind{journal.CanaryMissed}},
			{"for the one that told it is over", 20 * time.Second, true, canary.Passed, canary.Alarm, []journal.Kind{journal.CanaryMissed}},
			{"the other has it still", time.Minute, true, canary.Passed, canary.Alarm, []journal.Kind{journal.CanaryMissed}},
			{"for both it is over", 10 * time.Second, true, canary.Passed, canary.NoScreen, []journal.Kind{journal.CanaryMissed}},
			{"and stays so", 20 * time.Second, true, canary.Passed, canary.NoScreen, []journal.Kind{journal.CanaryMissed, journal.CanaryBack}},
			{"nothing more is told", time.Minute, true, canary.Passed, canary.Passed, []journal.Kind{journal.CanaryMissed, journal.CanaryBack}},
			{"it begins again at one node", time.Minute, false, canary.Passed, canary.Alarm, []journal.Kind{journal.CanaryMissed, journal.CanaryBack, journal.CanaryMissed}},
			{"which dies; the other has just begun, and proves nothing", 2 * time.Minute, false, canary.Passed, "", []journal.Kind{journal.CanaryMissed, journal.CanaryBack, journal.CanaryMissed}},
			{"until the check came", time.Minute, true, canary.Passed, "", []journal.Kind{journal.CanaryMissed, journal.CanaryBack, journal.CanaryMissed, journal.CanaryBack}},
		} {
			for end := now.Add(step.after); now.Before(end); { // nodes look every five seconds
				now = now.Add(5 * time.Second)
				if step.comes {
					passes()
				}
				var both sync.WaitGroup // at once, as nodes do
				both.Go(func() { one.keep(t.Context(), verdict(step.one), now) })
				if step.two != "" {
					both.Go(func() { two.keep(t.Context(), verdict(step.two), now) })
				}
				both.Wait()
			}
			if diff := cmp.Diff(step.want, canaryEntries(t, store)); diff != "" {
				t.Fatalf("step %d, %s (-want +journalled):\n%s", i, step.what, diff)
			}
		}
	})
}

// canaryEntries are the kinds of what the journal says of the canary's alarms, in order.
func canaryEntries(t *testing.T, store *sql.Store) (kinds []journal.Kind) {
	t.Helper()
	entries, err := store.After(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == journal.CanaryMissed || e.Kind == journal.CanaryBack {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}
