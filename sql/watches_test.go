package sql_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

func TestWhoCanSeeWhichBoardIsSummedUpOverTheNodes(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		count := func(department string, connected, visible int) subscribers.ScreenCount {
			return subscribers.ScreenCount{Department: department, Connected: connected, Visible: visible}
		}
		note := func(node string, at time.Time, counts ...subscribers.ScreenCount) {
			t.Helper()
			if err := s.store.NoteScreens(t.Context(), node, counts, at, at.Add(2*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		want := func(what string, at time.Time, want ...subscribers.Watch) {
			t.Helper()
			got, err := s.store.Watches(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		watch := func(department string, connected, visible int) subscribers.Watch {
			return subscribers.Watch{ScreenCount: count(department, connected, visible)}
		}
		note("one", noon, count("RQW-AE", 2, 1), count("RWG-AE", 1, 0))
		note("two", noon.Add(time.Minute), count("RQW-AE", 3, 2))
		want("two nodes add up", noon.Add(time.Minute), watch("RQW-AE", 5, 3), watch("RWG-AE", 1, 0))
		note("two", noon.Add(90*time.Second), count("RQW-AE", 1, 0))
		want("the newest of a node counts", noon.Add(90*time.Second), watch("RQW-AE", 3, 1), watch("RWG-AE", 1, 0))
		want("a node that says nothing is not believed for ever", noon.Add(2*time.Minute), watch("RQW-AE", 1, 0))
		note("two", noon.Add(2*time.Minute), count("RQW-AE", 0, 0))
		want("nobody is there", noon.Add(2*time.Minute))
	})
}

func TestThatABoardCannotBeSeenIsJournalledOnce(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		for i, step := range []struct {
			watched, changes bool
		}{{true, true}, {true, false}, {false, true}, {false, false}, {true, true}} {
			changed, err := s.store.NoteWatched(t.Context(), "RQW-AE", step.watched, noon.Add(time.Duration(i)*time.Minute), "because")
			if err != nil || changed != step.changes {
				t.Errorf("step %d: changed %v, %v", i, changed, err)
			}
		}
		all, err := s.store.Watches(t.Context(), noon)
		if err != nil || len(all) != 1 || !all[0].Watched || !all[0].Since.Equal(noon.Add(4*time.Minute)) {
			t.Errorf("the last is %+v, %v", all, err)
		}
		entries, err := s.store.After(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []journal.Kind
		for _, e := range entries {
			if e.Subject == "RQW-AE" {
				kinds = append(kinds, e.Kind)
			}
		}
		if diff := cmp.Diff([]journal.Kind{journal.BoardSeen, journal.BoardUnseen, journal.BoardSeen}, kinds); diff != "" {
			t.Errorf("journalled (-want +got):\n%s", diff)
		}
	})
}
