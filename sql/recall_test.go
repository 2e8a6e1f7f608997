package sql_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
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

// Three departments had the plan before them, one after the other. The patient is in the last; the other two are told all the same, each has
// to see it for itself, and the centre reads who has.
func TestEveryDepartmentThatWasShownAPlanIsToldOfItsRecall(t *testing.T) {
	sister := journal.Actor{Name: "sister", Role: "clinician", Organisation: "RQW"}
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "wrong")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		id := s.board(t, "RQW-AE")[0].Alert.ID
		if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{}, nurse); err != nil { // so that the alert does not stay there
			t.Fatal(err)
		}
		s.receive(t, moved("V1", "2", "9990000018", 1))
		s.publish(t, "plan-1", "9990000018", plans.Revoked, "wrong")
		s.publish(t, "plan-1", "9990000018", plans.Revoked, "wrong, in other words") // told once
		for _, department := range []string{"RQW-AE", "RQW-UTC"} {
			board := s.board(t, department)
			if len(board) != 1 || board[0].Alert.Recall == nil || board[0].Alert.Department != department || board[0].Alert.StateReason != "the centre withdrew the plan" {
				t.Fatalf("%s shows %+v, want the recall", department, board)
			}
			sight, err := s.store.Sight(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			view := subscribers.Draw(sight, department, mustDirectory(t), noon)
			if !view.Recall || view.Patient == nil || view.StateReason != "the centre withdrew the plan" || (view.Location == "") != (department == "RQW-AE") {
				t.Errorf("%s is drawn %+v", department, view)
			}
		}
		for _, seen := range []struct {
			department string
			by         journal.Actor
		}{{"RQW-AE", nurse}, {"RQW-AE", nurse}, {"RQW-AE", sister}} {
			if err := s.desk.SeeRecall(t.Context(), id, seen.department, seen.by); err != nil {
				t.Fatal(err)
			}
		}
		if left, there := s.board(t, "RQW-AE"), s.board(t, "RQW-UTC"); len(left) != 0 || len(there) != 1 {
			t.Errorf("the boards show %d and %d recalls", len(left), len(there))
		}
		if sight, err := s.store.Sight(t.Context(), id); err != nil || subscribers.Draw(sight, "RQW-AE", mustDirectory(t), noon).Patient != nil {
			t.Errorf("a department that has seen it and that the patient has left is shown the patient (%v)", err)
		}
		if err := s.desk.SeeRecall(t.Context(), id, "RQW-UTC", sister); err != nil {
			t.Fatal(err)
		}
		got, err := s.store.Recalls(t.Context(), "plan-1")
		if err != nil || len(got) != 2 {
			t.Fatalf("listed %+v, %v", got, err)
		}
		seen := map[string][]string{}
		for _, r := range got {
			for _, by := range r.SeenBy {
				seen[r.Department] = append(seen[r.Department], by.By.Name)
			}
		}
		if diff := cmp.Diff(map[string][]string{"RQW-AE": {"nurse", "sister"}, "RQW-UTC": {"sister"}}, seen); diff != "" {
			t.Error(diff)
		}
		uses, err := s.store.Uses(t.Context(), "plan-1")
		if err != nil || len(uses) != 1 || len(uses[0].Recalls) != 1 || uses[0].Recalls[0].Department != "RQW-AE" || len(uses[0].Recalls[0].SeenBy) != 2 {
			t.Errorf("the centre reads %+v, %v", uses, err)
		}
		var told []string
		for _, e := range s.journal(t) {
			if e.Kind == journal.AlertWithdrawn && e.Reason == "the centre withdrew the plan" || e.Kind == journal.AlertRecallSeen {
				told = append(told, string(e.Kind)+" "+e.Room)
			}
		}
		slices.Sort(told)
		want := []string{"alert.recall_seen RQW-AE", "alert.recall_seen RQW-AE", "alert.recall_seen RQW-UTC", "alert.withdrawn RQW-AE", "alert.withdrawn RQW-UTC"}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
		// The plan holds again: what nobody has seen is taken back, and the next recall is a new one.
		s.publish(t, "plan-1", "9990000018", plans.Active, "right")
		s.publish(t, "plan-1", "9990000018", plans.EnteredInError, "right")
		if left := s.board(t, "RQW-AE"); len(left) != 1 {
			t.Errorf("the department that was shown the first version is not told of the next recall: %+v", left)
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "right after all")
		if left := s.board(t, "RQW-AE"); len(left) != 0 {
			t.Errorf("a recall stands though the plan holds again: %+v", left)
		}
	})
}

// Who was sure of the patient once, and had the plan, is told, though the match is only possible now.
func TestARecallReachesThoseWhoWereShownThePlanBeforeTheMatchBecameUnsure(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "wrong")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		corrected := message(alerts.Update, "V1", "2", "9990000018", 1)
		corrected.BirthDate = alerts.Stated(plans.Date("1980-02-14"))
		s.receive(t, corrected)
		s.publish(t, "plan-1", "9990000018", plans.Revoked, "wrong")
		board := s.board(t, "RQW-AE")
		if len(board) != 1 || board[0].Alert.Recall == nil {
			t.Fatalf("the board shows %+v", board)
		}
		if err := s.desk.SeeRecall(t.Context(), board[0].Alert.ID, "RQW-AE", nurse); err != nil {
			t.Fatal(err)
		}
		if board := s.board(t, "RQW-AE"); len(board) != 0 {
			t.Errorf("it was seen and is still there: %+v", board)
		}
	})
}

func mustDirectory(t *testing.T) *directory.Directory {
	t.Helper()
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
