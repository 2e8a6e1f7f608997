package sql_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func TestARecallStaysOnTheBoardUntilSeenAndWhoHasSeenItIsKept(t *testing.T) {
	doctor := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		id := s.board(t, "RQW-AE")[0].Alert.ID
		if err := s.desk.SeeRecall(t.Context(), id, "RQW-AE", nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("a recall that there is not was seen: %v", err)
		}
		s.publish(t, "plan-1", "9990000018", plans.EnteredInError, "first")
		board := s.board(t, "RQW-AE")
		if len(board) != 1 || board[0].Alert.Recall == nil || board[0].Alert.Open() {
			t.Fatalf("the board shows %+v, want the recall", board)
		}
		if err := s.desk.SeeRecall(t.Context(), id, "RQW-UTC", nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("another department has seen it: %v", err)
		}
		s.receive(t, message(alerts.Depart, "V1", "2", "9990000018", 1)) // the patient leaves; the recall does not
		if board := s.board(t, "RQW-AE"); len(board) != 1 {
			t.Errorf("the recall left with the patient: %+v", board)
		}
		for _, by := range []journal.Actor{nurse, nurse, doctor} {
			if err := s.desk.SeeRecall(t.Context(), id, "RQW-AE", by); err != nil {
				t.Fatal(err)
			}
		}
		if board := s.board(t, "RQW-AE"); len(board) != 0 {
			t.Errorf("a recall that was seen is still there: %+v", board)
		}
		got, err := s.store.Recalls(t.Context(), "plan-1")
		want := []alerts.Recalled{{
			Alert: id, Attendance: board[0].Attendance.ID, Department: "RQW-AE", Reason: "the centre marked the plan as entered in error", Shown: 1,
			Recall: alerts.Recall{At: noon, Version: 2, Seen: noon}, SeenBy: []alerts.Seen{{By: doctor, At: noon}, {By: nurse, At: noon}},
		}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (- want, + listed)\n%s", err, diff)
		}
		var seen []string
		for _, e := range s.journal(t) {
			if e.Kind == journal.AlertRecallSeen {
				seen = append(seen, e.Actor.Name+" in "+e.Room)
			}
		}
		if diff := cmp.Diff([]string{"nurse in RQW-AE", "doctor in RQW-AE"}, seen); diff != "" {
			t.Error(diff)
		}
	})
}
