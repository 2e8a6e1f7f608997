package sql_test

import (
	"errors"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func TestAMergeIsUndoneAndToldAgain(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		visit := message(alerts.Arrive, "V1", "1", "", 0)
		visit.HospitalNumber = alerts.Stated("TEMP")
		visit.Name, visit.BirthDate = alerts.Field[alerts.Name]{}, alerts.Field[plans.Date]{} // nobody knows who it is
		s.receive(t, visit)
		merge := func(control string, minute int) {
			t.Helper()
			e := message(alerts.Merge, "", control, "9990000018", minute)
			e.HospitalNumber, e.Prior.HospitalNumbers = alerts.Stated("REAL"), []string{"TEMP"}
			s.receive(t, e)
		}
		shows := func(want int) {
			t.Helper()
			if board := s.board(t, "RQW-AE"); len(board) != want {
				t.Fatalf("the board shows %d alerts, want %d", len(board), want)
			}
		}
		shows(0)
		merge("2", 1)
		shows(1)
		held, err := s.store.Merges(t.Context(), "", 10)
		if err != nil || len(held) != 1 {
			t.Fatalf("%d merges are held, %v", len(held), err)
		}
		if _, err := s.desk.UndoMerge(t.Context(), held[0].ID, "two people", nurse); err != nil {
			t.Fatal(err)
		}
		shows(0)
		all := s.journal(t)
		undone := 0
		for _, e := range all {
			if e.Kind == journal.MergeUndone {
				undone++
				if e.Actor != nurse || e.Reason != "two people" || e.Subject != held[0].ID {
					t.Errorf("journalled %+v", e)
				}
			}
		}
		if undone != 1 {
			t.Errorf("journalled %d times", undone)
		}
		merge("3", 0) // an older message that comes late does not bring it back
		shows(0)
		merge("4", 2)
		shows(1)
		if _, err := s.desk.UndoMerge(t.Context(), "none", "", nurse); !errors.Is(err, alerts.ErrNoMerge) {
			t.Errorf("a merge that is not held: %v", err)
		}
	})
}
